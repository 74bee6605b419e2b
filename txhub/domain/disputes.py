"""A dispute: a customer says of a transaction, "I don't recognise this"."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from kernel.errors import Conflict
from txhub.domain.entities import AccountId, CustomerId, TransactionId

NOTE_CHARACTERS_MAX = 1_000


class DisputeStatus(StrEnum):
    """Where a dispute stands. The moves are in `NEXT` and drawn in docs/states/dispute.md."""

    OPEN = "open"  # the bank is to look into it
    WITHDRAWN = "withdrawn"  # the customer knows the transaction after all
    ANSWERED = "answered"  # the bank has looked into it and says what came of it


NEXT: dict[DisputeStatus, frozenset[DisputeStatus]] = {
    DisputeStatus.OPEN: frozenset({DisputeStatus.WITHDRAWN, DisputeStatus.ANSWERED}),
    DisputeStatus.WITHDRAWN: frozenset({DisputeStatus.OPEN}),
    DisputeStatus.ANSWERED: frozenset({DisputeStatus.OPEN}),
}


class DisputeMoved(Conflict):
    """This dispute has changed meanwhile. Load it again."""

    code = "dispute_moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """One for each transaction; `opened_at` is the time that counts for the bank's deadlines.

    `note`: the customer's words. `answer`: the bank's, by `answered_by` (such as `staff:7`).
    """

    account_id: AccountId
    transaction_id: TransactionId
    opened_by: CustomerId
    opened_at: datetime
    note: str = field(default="", repr=False)
    status: DisputeStatus = DisputeStatus.OPEN
    ended_at: datetime | None = None
    answered_by: str | None = None
    answer: str = field(default="", repr=False)
    version: int = 1

    def withdrawn(self, now: datetime) -> "Dispute":
        """Raises `DisputeMoved` where it is not open."""
        return self._moved(DisputeStatus.WITHDRAWN, ended_at=now)

    def answered(self, answer: str, by: str, now: datetime) -> "Dispute":
        """Raises `DisputeMoved` where it is not open."""
        return self._moved(DisputeStatus.ANSWERED, ended_at=now, answered_by=by, answer=answer)

    def opened_again(self, note: str, by: CustomerId, now: datetime) -> "Dispute":
        """Raises `DisputeMoved` where it is open."""
        return self._moved(
            DisputeStatus.OPEN,
            note=note,
            opened_by=by,
            opened_at=now,
            ended_at=None,
            answered_by=None,
            answer="",
        )

    def _moved(self, to: DisputeStatus, **changes: object) -> "Dispute":
        if to not in NEXT[self.status]:
            raise DisputeMoved(stored=self)
        return replace(self, status=to, version=self.version + 1, **changes)  # type: ignore[arg-type]
