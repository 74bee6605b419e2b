"""Who writes items: a job's chunks and re-driven rows, other jobs', and messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from txhub.batch.editions import may_be_gone
from txhub.batch.models import ChunkExecution, FileExecution, JobInstance, QuarantinedRow
from txhub.batch.reconcile.findings import Fault
from txhub.batch.statuses import RowStatus
from txhub.domain.digests import facts_of_stored
from txhub.domain.sources import MESSAGES, line_of, writer_of
from txhub.repository import StoredTransaction


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file, as it is to be found stored. `facts`: a digest of all it says."""

    line: int
    day: date
    facts: bytes
    amends: bool
    is_pending: bool


class Sources:
    """Judges items by who wrote them."""

    def __init__(self, instance: JobInstance) -> None:
        own = ChunkExecution.objects.filter(file__instance=instance)
        self._own = set(own.values_list("pk", flat=True))
        quarantined = QuarantinedRow.objects.filter(instance=instance)
        redriven = quarantined.filter(status=RowStatus.REDRIVEN)
        self._redriven = set(redriven.values_list("pk", flat=True))
        # Rows that need not be stored: they were not taken over.
        not_taken = quarantined.exclude(status=RowStatus.REDRIVEN)
        self.left_out = set(not_taken.values_list("line", flat=True))
        self._pending_may_be_gone = may_be_gone(FileExecution.objects.get(instance=instance))
        self._others: dict[str, bool] = {MESSAGES: True}

    def may_lack(self, rows: Sequence[Row]) -> bool:
        """Whether these rows of one id may rightly be stored no more."""
        return self._pending_may_be_gone and all(row.is_pending for row in rows)

    def is_own(self, source: str) -> bool:
        return writer_of(source) in self._own

    def is_known(self, source: str) -> bool:
        name = writer_of(source)
        if name in self._own or name in self._redriven:
            return True
        if name not in self._others:
            self._others[name] = (
                ChunkExecution.objects.filter(pk=name).exists()
                or QuarantinedRow.objects.filter(pk=name).exists()
            )
        return self._others[name]

    def fault_of(self, stored: StoredTransaction, rows: Sequence[Row]) -> Fault | None:
        """What is wrong with one item, given the rows of the file that have its id."""
        source = stored.sources[0]
        if not all(map(self.is_known, stored.sources)):
            return Fault.UNKNOWN_SOURCE
        facts = facts_of_stored(stored.transaction)
        if self.is_own(source):
            row = next((each for each in rows if each.line == line_of(source)), None)
            if row is None:
                return Fault.ADDED
            return None if row.facts == facts else Fault.ALTERED
        written_once = len(stored.sources) == 1 and writer_of(source) not in self._redriven
        if rows and written_once and not _later_word(stored, rows):
            return None if any(row.facts == facts for row in rows) else Fault.ALTERED
        return None


def _later_word(stored: StoredTransaction, rows: Sequence[Row]) -> bool:
    """Whether what another file wrote may rightly differ from what this one says."""
    return stored.transaction.version > 1 or any(row.amends for row in rows)
