"""Reads the hub's own feed file, checking everything it promises while it streams past.

    H   first, one       what the file is
    D*                   detail records; a bad one becomes a `Bad` row and the file goes on
    C*                   control totals, one record for each currency
    T   last, one        the number of D records, and the SHA-256 of every byte before it

A file that breaks this order or these promises fails as a whole. Where a detail record is so broken
that its amount cannot be read, the totals count what the others make up, and the file may only
promise as much or more.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date, tzinfo

from kernel.errors import Refused
from txhub.domain.pan import mask_pans
from txhub.feeds.faults import BadDate
from txhub.feeds.hub_record import DetailParser, detail_amount, split_record
from txhub.feeds.hub_totals import ControlTotals
from txhub.feeds.lines import LINE_BYTES_MAX, LineTooLong, blocks
from txhub.feeds.rows import Bad, Coverage, Feed, FeedHeader, FeedKind, Parsed, Row
from txhub.feeds.texts import NAME_CHARACTERS_MAX
from txhub.feeds.values import date_parser

FORMAT_VERSION = "1"
_HEADER_FIELDS = 7
_CONTROL_FIELDS = 4
_TRAILER_FIELDS = 3
_NUMBER = re.compile(r"[0-9]{1,18}")
_TOTAL = re.compile(r"[0-9]{1,30}")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_ORDER = {"H|": 0, "D|": 1, "C|": 2, "T|": 3}


class BadHeader(Refused):
    """The file does not begin with a valid H record. Is it in the hub's own format?"""

    code = "bad_header"


class BadControlRecord(Refused):
    """A C or T record is not written as the format says."""

    code = "bad_control_record"


class RecordOutOfOrder(Refused):
    """Records stand in another order than H, D, C, T, or one is of an unknown kind."""

    code = "record_out_of_order"


class DataAfterTrailer(Refused):
    """Something follows the T record, which must be the last."""

    code = "data_after_trailer"


class TrailerMissing(Refused):
    """The file has no T record: it was cut off on its way. Send it again."""

    code = "trailer_missing"


class CountMismatch(Refused):
    """The trailer counts more or fewer D records than there are."""

    code = "count_mismatch"


class DigestMismatch(Refused):
    """The SHA-256 in the trailer is not that of the bytes before it: have the file sent again."""

    code = "digest_mismatch"


def open_hub(chunks: Iterable[bytes], *, zone: tzinfo, latest: date | None) -> Feed:
    """Raises `BadHeader` and the faults of `txhub.feeds.lines` at once; what is wrong further down
    comes from `rows`, at their end at the latest."""
    records = _Records(chunks)
    remaining = iter(records)
    _, first = next(remaining, (1, ""))
    header = _header(first)
    parser = DetailParser(zone=zone, business_date=header.business_date, latest=latest)
    return Feed(header=header, rows=_rows(records, remaining, parser))


def _header(text: str) -> FeedHeader:
    if not text.startswith("H|"):
        raise BadHeader
    if text.endswith("\r"):
        raise BadHeader("lines end in CR LF; the hub's own format has LF alone")
    fields = split_record(text)
    if len(fields) != _HEADER_FIELDS:
        raise BadHeader(f"the H record has {len(fields)} fields; there must be {_HEADER_FIELDS}")
    _, version, feed, kind, day, sequence, coverage = fields
    if version != FORMAT_VERSION:
        raise BadHeader(f"the H record names another version than {FORMAT_VERSION}")
    if not feed.strip() or len(feed) > NAME_CHARACTERS_MAX:
        raise BadHeader("the H record names no feed, or one with an endless name")
    if kind not in tuple(FeedKind) or coverage not in tuple(Coverage):
        raise BadHeader("the H record says historical, daily or memo, and last full or delta")
    if _NUMBER.fullmatch(sequence) is None:
        raise BadHeader("the sequence in the H record is not a whole number")
    return FeedHeader(
        feed=feed,
        kind=FeedKind(kind),
        business_date=_business_date(day),
        sequence=int(sequence),
        coverage=Coverage(coverage),
    )


def _business_date(text: str) -> date:
    try:
        return date_parser("%Y-%m-%d")(text)
    except BadDate as fault:
        raise BadHeader(f"the business date in the H record: {fault.message}") from None


def _rows(
    records: "_Records", remaining: Iterator[tuple[int, str]], parser: DetailParser
) -> Iterator[Row]:
    totals, count, reached = ControlTotals(), 0, 1
    for line, text in remaining:
        place = _ORDER.get(text[:2])
        if place == reached == 1:
            count += 1
            yield _detail(line, text, parser, totals)
            continue
        reached = _next_place(line, place, reached)
        if place == 2:
            _control(line, text, totals)
        else:
            _trailer(line, text, totals, count, records.digest)
    if reached != 3:
        raise TrailerMissing


def _next_place(line: int, place: int | None, reached: int) -> int:
    if reached == 3:
        raise DataAfterTrailer(f"line {line} stands after the T record, which must be the last")
    if place is None:
        raise RecordOutOfOrder(f"line {line} is no D, C or T record")
    if place < reached or place == 0:
        raise RecordOutOfOrder(f"line {line}: {'HDCT'[place]} record after {'HDCT'[reached]}")
    return place


def _detail(line: int, text: str, parser: DetailParser, totals: ControlTotals) -> Row:
    try:
        try:
            fields = split_record(text)[1:]
            amount = detail_amount(fields)
        except Refused:
            totals.unreadable += 1
            raise
        totals.add(amount)
        return Parsed(parser.entry(line, fields, amount))
    except Refused as fault:
        return Bad(line, fault.code, fault.message, f"{mask_pans(text)}\n".encode())


def _control(line: int, text: str, totals: ControlTotals) -> None:
    fields = text.split("|")
    if len(fields) != _CONTROL_FIELDS or not all(map(_TOTAL.fullmatch, fields[2:])):
        raise BadControlRecord(f"line {line}: expected C, a currency and two sums in minor units")
    totals.promise(fields[1], int(fields[2]), int(fields[3]))


def _trailer(line: int, text: str, totals: ControlTotals, count: int, digest: str) -> None:
    fields = text.split("|")
    if (
        len(fields) != _TRAILER_FIELDS
        or _NUMBER.fullmatch(fields[1]) is None
        or _SHA256.fullmatch(fields[2]) is None
    ):
        raise BadControlRecord(f"line {line}: expected T, a count and a SHA-256 in hexadecimal")
    if int(fields[1]) != count:
        raise CountMismatch(
            f"the trailer counts {int(fields[1]):,} D records; there are {count:,}:"
            " have the file sent again"
        )
    totals.check()
    if fields[2].lower() != digest:
        raise DigestMismatch


class _Records:
    """Yields (line number, record without its line end); an escaped line feed does not end one.

    `digest` is the SHA-256 of every byte before the record yielded last, if that is a T record.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self._hash = hashlib.sha256()
        self.digest = ""

    def __iter__(self) -> Iterator[tuple[int, str]]:
        held, held_line = "", 0
        for block in blocks(self._chunks, "utf-8"):
            lines = block.text.removesuffix("\n").split("\n")
            for number, text in enumerate(lines):
                if held:
                    text, line = held + text, held_line
                else:
                    line = block.first_line + number
                if text[-1:] == "\\" and _escapes_next(text):
                    held, held_line = _bounded(f"{text}\n", line), line
                    continue
                held = ""
                if text[:2] == "T|":
                    self._digest_before(lines[:number])
                yield line, text
            self._hash.update(block.data)
        if held:
            yield held_line, held

    def _digest_before(self, lines: list[str]) -> None:
        before = self._hash.copy()
        before.update("".join(f"{line}\n" for line in lines).encode())
        self.digest = before.hexdigest()


def _escapes_next(text: str) -> bool:
    """Whether the backslash at the end is one that escapes, not one that is escaped."""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _bounded(text: str, line: int) -> str:
    if len(text) > LINE_BYTES_MAX:
        raise LineTooLong(f"the record in line {line} is longer than {LINE_BYTES_MAX:,} bytes")
    return text
