"""What a reconciliation says."""

from dataclasses import dataclass, field
from enum import StrEnum

from txhub.batch.counts import Totals

FINDINGS_SHOWN = 20


class Fault(StrEnum):
    """What can be wrong."""

    MISSING = "missing"  # a row of the file is not stored
    ALTERED = "altered"  # an item does not open, or says something else than its row
    ADDED = "added"  # an item that names a chunk of this job, but no row of its file
    UNKNOWN_SOURCE = "unknown_source"  # an item that no job and no message of ours has written
    COUNTS = "counts"  # the job's own counts or totals are not those of its file


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`line` of the file, or None where there is none; `day`: under which it is filed, where that
    is known. Holds no personal data."""

    fault: Fault
    account_id: str = ""
    transaction_id: str = ""
    day: str = ""
    line: int | None = None


@dataclass(slots=True, kw_only=True)
class Reconciliation:
    """What was compared. `findings` are the first of `faults`.

    `days`: account-days that the file mentions, `days_differing` those with a fault. `items`: read
    and opened. `digests`: read instead. What follows is no fault, since a feed may have it so:
    `balances_broken`, postings whose balance does not follow from the one before; `pending_left`,
    entries that are still pending a week after they happened.
    """

    job: str
    by_digest: bool = False
    rows: int = 0
    accounts: int = 0
    days: int = 0
    days_differing: int = 0
    items: int = 0
    digests: int = 0
    faults: int = 0
    balances_broken: int = 0
    pending_left: int = 0
    findings: list[Finding] = field(default_factory=list)
    totals: Totals = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        return self.faults == 0

    def found(self, findings: list[Finding]) -> None:
        """What is wrong with one account."""
        self.faults += len(findings)
        self.days_differing += len({each.day for each in findings if each.day})
        self.findings += findings[: max(0, FINDINGS_SHOWN - len(self.findings))]
