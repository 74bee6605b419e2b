"""A proposal: an act that one member of staff asks for and another allows."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kernel.errors import Conflict, Refused

# How long a run may take before another process may take it over.
LEASE = timedelta(minutes=5)
RUNS_MAX = 20


class Approval(StrEnum):
    """Where a proposal stands. The moves are in `NEXT` and drawn in docs/states/approval.md."""

    PROPOSED = "proposed"  # waits for a second person
    APPROVED = "approved"  # allowed; being carried out, or waiting to be resumed
    DONE = "done"  # carried out
    FAILED = "failed"  # allowed, but it could not be carried out
    REJECTED = "rejected"  # the second person said no


NEXT: dict[Approval, frozenset[Approval]] = {
    Approval.PROPOSED: frozenset({Approval.APPROVED, Approval.REJECTED}),
    Approval.APPROVED: frozenset({Approval.DONE, Approval.FAILED}),
    Approval.DONE: frozenset(),
    Approval.FAILED: frozenset(),
    Approval.REJECTED: frozenset(),
}
OPEN = frozenset(status for status, moves in NEXT.items() if moves)


class OwnProposal(Refused):
    """Who proposed it cannot decide on it."""

    code = "own_proposal"


class AlreadyDecided(Conflict):
    """Somebody else has decided on this proposal."""

    code = "already_decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`payload` is sealed. `proposed_by` and `decided_by` are actors such as `staff:7`.

    `runs` counts the attempts to carry it out, and tells a run from the one that took it over.
    `failure` is the code of the error that ended it.
    """

    proposal_id: str
    kind: str
    subject: str
    status: Approval = Approval.PROPOSED
    payload: bytes = field(repr=False)
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    runs: int = 0
    lease_expires: datetime | None = None
    failure: str | None = None

    def approved(self, by: str, now: datetime) -> "Proposal":
        """Allowed, and leased to the first run. Raises `OwnProposal` or `AlreadyDecided`."""
        return self._decided(Approval.APPROVED, by, now).leased(now)

    def rejected(self, by: str, now: datetime) -> "Proposal":
        """Raises `OwnProposal` or `AlreadyDecided`."""
        return self._decided(Approval.REJECTED, by, now)

    def leased(self, now: datetime) -> "Proposal":
        """The next run begins; until `lease_expires` nobody else may begin one."""
        return replace(self, runs=self.runs + 1, lease_expires=now + LEASE)

    def released(self, now: datetime) -> "Proposal":
        """This run ended without an outcome: the next may begin at once."""
        return replace(self, lease_expires=now)

    def finished(self, failure: str | None = None) -> "Proposal":
        """Carried out, or failed with an error's code."""
        return self._moved(Approval.FAILED if failure else Approval.DONE, failure=failure)

    def is_abandoned(self, now: datetime) -> bool:
        """Whether it is allowed, and no run holds it."""
        lease = self.lease_expires
        return self.status is Approval.APPROVED and lease is not None and lease <= now

    def _decided(self, to: Approval, by: str, now: datetime) -> "Proposal":
        if by == self.proposed_by:
            raise OwnProposal
        return self._moved(to, decided_by=by, decided_at=now)

    def _moved(self, to: Approval, **changes: object) -> "Proposal":
        if to not in NEXT[self.status]:
            raise AlreadyDecided(stored=self)
        return replace(self, status=to, **changes)  # type: ignore[arg-type]
