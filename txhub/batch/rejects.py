"""Rows that a step does not take over: sealed at once, counted, held against the skip limit."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from aws.vault import Place, vault
from kernel.errors import Refused
from txhub.batch.models import ChunkExecution, JobInstance, QuarantinedRow
from txhub.batch.spool import Record, Spool
from txhub.feeds.profile import SkipLimit

_HELD_MAX = 500
_CODES_NAMED = 5
_WHAT_TO_DO = {
    "unknown_account": "open these accounts, or let the job do it (--create-accounts)",
}
_OTHERWISE = "have the file corrected and sent again, or change the profile"


class TooManyRejected(Refused):
    """More rows do not validate than the profile's skip limit allows."""

    code = "too_many_rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """`content`: the row as it stood in the file (`is_raw`), or the line that a chunk has of it;
    card numbers are masked in both. It never leaves unsealed."""

    line: int
    code: str
    reason: str
    content: bytes
    is_raw: bool


class Rejects:
    """A file's rejected rows; the most of them wait on disk."""

    def __init__(self, instance: JobInstance, spool: Spool) -> None:
        self._instance = instance
        self._spool = spool
        self._held: list[Record] = []
        self._spilled: list[Path] = []
        self._codes: Counter[str] = Counter()
        self._first_lines: dict[str, int] = {}
        self.count = 0

    def add(self, rejected: Rejected) -> None:
        self.count += 1
        self._codes[rejected.code] += 1
        first = self._first_lines.get(rejected.code, rejected.line)
        self._first_lines[rejected.code] = min(first, rejected.line)
        sealed = seal_row(self._instance, rejected)
        about = (rejected.line, rejected.code, rejected.reason, rejected.is_raw, sealed)
        self._held.append(about)
        if len(self._held) >= _HELD_MAX:
            self._spilled.append(self._spool.write(self._held))
            self._held = []

    def check(self, limit: SkipLimit, rows: int) -> None:
        """Raises `TooManyRejected`."""
        if limit.allows(self.count, rows):
            return
        most = [code for code, _number in self._codes.most_common(_CODES_NAMED)]
        raise TooManyRejected(
            f"{self.count:,} of {rows:,} rows do not validate, more than the profile allows"
            f" ({', '.join(map(self._described, most))}); nothing was stored:"
            f" {_WHAT_TO_DO.get(most[0], _OTHERWISE)}"
        )

    def _described(self, code: str) -> str:
        number, line = self._codes[code], self._first_lines[code]
        return f"{code} {number:,} times, first in line {line:,}"

    def store(self) -> None:
        """Writes them to quarantine; within the transaction of the checkpoint."""
        rows = self._rows()
        while several := list(islice(rows, 200)):
            QuarantinedRow.objects.bulk_create(several)

    def _rows(self) -> Iterator[QuarantinedRow]:
        for path in self._spilled:
            yield from map(self._row, self._spool.read(path))
        yield from map(self._row, self._held)

    def _row(self, record: Record) -> QuarantinedRow:
        line, code, reason, is_raw, sealed = record
        return QuarantinedRow(
            instance=self._instance,
            line=line,
            code=code,
            reason=reason,
            is_raw=is_raw,
            sealed=sealed,
        )


def store_refused(
    chunk: ChunkExecution, instance: JobInstance, refused: Iterable[Rejected]
) -> None:
    """What a chunk refused, into quarantine."""
    QuarantinedRow.objects.bulk_create(
        QuarantinedRow(
            instance=instance,
            chunk=chunk,
            line=each.line,
            code=each.code,
            reason=each.reason,
            is_raw=each.is_raw,
            sealed=seal_row(instance, each),
        )
        for each in refused
    )


def seal_row(instance: JobInstance, rejected: Rejected) -> bytes:
    return vault().seal(_subject(instance), rejected.content, _place(instance, rejected.line, "r"))


def open_row(row: QuarantinedRow) -> bytes:
    """What was rejected (see `Rejected`). Who shows it to somebody audits that."""
    return _open(row, bytes(row.sealed), "r")


def seal_correction(row: QuarantinedRow, corrected: bytes) -> bytes:
    return vault().seal(_subject(row.instance), corrected, _place(row.instance, row.line, "c"))


def open_correction(row: QuarantinedRow) -> bytes:
    """The corrected row; the row as it was where nothing was corrected."""
    return _open(row, bytes(row.correction), "c") if row.correction else open_row(row)


def _open(row: QuarantinedRow, sealed: bytes, attribute: str) -> bytes:
    place = _place(row.instance, row.line, attribute)
    return vault().open(_subject(row.instance), sealed, place)


def _subject(instance: JobInstance) -> str:
    return f"feed:{instance.feed}"


def _place(instance: JobInstance, line: int, attribute: str) -> Place:
    return Place(table="quarantine", key=f"{instance.pk}|{line}", attribute=attribute)
