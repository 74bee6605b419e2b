"""Reads a CSV feed row by row.

Quotes may hold delimiters and line feeds; line numbers stay those of the file; one row's broken
quotes do not swallow the rows after it.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date, tzinfo
from io import StringIO
from itertools import chain

from kernel.errors import Refused
from txhub.domain.pan import mask_pans
from txhub.feeds.csv_mapper import CsvMapper
from txhub.feeds.faults import BrokenQuotes, FieldCount
from txhub.feeds.lines import blocks
from txhub.feeds.profile import CsvRules, Profile
from txhub.feeds.rows import Bad, Feed, Row

_WHAT_TO_DO = "name the profile of this feed, or change it where the sender's format has changed"


class HeaderMismatch(Refused):
    """The file's columns are not those of the profile: another feed's file, or a changed one."""

    code = "header_mismatch"


def open_csv(
    chunks: Iterable[bytes], profile: Profile, *, zone: tzinfo, latest: date | None
) -> Feed:
    """Raises `HeaderMismatch` at once; faults of the file further down come from `rows`."""
    assert profile.csv is not None, "a CSV profile"
    records = _Records(chunks, profile.csv)
    columns = _header(records, profile.csv)
    mapper = CsvMapper(profile, columns, zone, latest)
    return Feed(header=None, rows=_rows(records, mapper, len(columns)))


def _header(records: "_Records", rules: CsvRules) -> list[str]:
    first = next(iter(records), None)
    found = [] if first is None or first[1] is None else [name.strip() for name in first[1]]
    missing = [name for name in rules.columns if name not in found]
    surplus = [name for name in found if name not in rules.columns]
    if missing:
        raise HeaderMismatch(f"the header has no column {_names(missing)}; {_WHAT_TO_DO}")
    if surplus:
        raise HeaderMismatch(f"the profile knows no column {_names(surplus)}; {_WHAT_TO_DO}")
    if len(found) != len(rules.columns):
        raise HeaderMismatch("the header names a column twice")
    return found


def _names(columns: list[str]) -> str:
    """The first few, cut: in a file of another kind the first line may be data."""
    return ", ".join(repr(name[:30]) for name in columns[:5])


def _rows(records: "_Records", mapper: CsvMapper, width: int) -> Iterator[Row]:
    for line, fields in records:
        try:
            if fields is None:
                raise BrokenQuotes
            if len(fields) != width:
                raise FieldCount(f"{len(fields)} fields; the header has {width}")
            yield mapper.row(line, fields)
        except Refused as fault:
            yield Bad(line, fault.code, fault.message, records.raw())


class _Records:
    """Yields (line number, fields), or (line number, None) for a line with broken quotes. Iterating
    again goes on where the last iteration stopped. Blank lines are passed over.

    The reader of the standard library does the parsing. It is fed physical lines, and those of the
    record at hand are held, so that `raw` can give them back.
    """

    def __init__(self, chunks: Iterable[bytes], rules: CsvRules) -> None:
        self._rules = rules
        texts = (StringIO(block.text, newline="\n") for block in blocks(chunks, rules.encoding))
        self._source = chain.from_iterable(texts)
        self._again: deque[str] = deque()  # lines that a broken record took with it
        self._held: list[str] = []
        self._width = len(rules.columns)
        self._line = 1

    def raw(self) -> bytes:
        """The bytes of the record yielded last, its card numbers masked."""
        return mask_pans("".join(self._held)).encode(self._rules.encoding)

    def __iter__(self) -> Iterator[tuple[int, list[str] | None]]:
        reader = self._reader()
        while True:
            self._line += len(self._held)
            self._held.clear()
            try:
                fields = next(reader, None)
            except csv.Error:
                fields, broken = None, True
            else:
                broken = len(self._held) > 1 and fields is not None and len(fields) != self._width
            if broken:
                self._give_back()
                reader = self._reader()
                yield self._line, None
            elif fields is None:
                return
            elif fields:
                yield self._line, fields

    def _give_back(self) -> None:
        """All but the first line of the record: they are read again as records of their own."""
        self._again.extendleft(reversed(self._held[1:]))
        del self._held[1:]

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(
            self._lines(),
            delimiter=self._rules.delimiter,
            quotechar=self._rules.quote or None,
            quoting=csv.QUOTE_MINIMAL if self._rules.quote else csv.QUOTE_NONE,
            strict=True,
        )

    def _lines(self) -> Iterator[str]:
        while True:
            line = self._again.popleft() if self._again else next(self._source, None)
            if line is None:
                return
            self._held.append(line)
            yield line
