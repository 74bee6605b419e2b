"""Acts that need two people. An app registers what can be proposed, in its own `approvals.py`:

    @approval_kind("abandon_job", label="Abandon a job")
    def abandon(proposal: Proposal, payload: dict[str, Any]) -> None: ...

The executor must be safe to repeat, with `proposal.proposal_id` as its idempotency key: a run that
dies before it has said how it ended is taken over. Otherwise each runs once: one conditional write
decides who carries it out. It raises `Refused`, `Missing` or `Conflict` where it cannot be done,
which ends the proposal as failed, and `Unavailable` where it can be done later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import structlog
from django.contrib.auth.models import User

from aws.dynamodb import Put, transact
from aws.vault import Place
from identity import audit, seals
from identity.proposals import RUNS_MAX, AlreadyDecided, Proposal
from identity.repository import Outrun, ProposalRepository
from identity.staff import Role, actor_of, check_role
from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, HubError, Missing, Refused, Unavailable
from kernel.ids import random_id

Executor = Callable[[Proposal, dict[str, Any]], None]
_E = TypeVar("_E", bound=Executor)

_KIND = "approvals"
_proposals = ProposalRepository()
_log = structlog.get_logger(__name__)


class ProposalMissing(Missing):
    """There is no such proposal."""

    code = "proposal_missing"


class UnknownKind(Refused):
    """Nothing of this kind can be proposed."""

    code = "unknown_approval_kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Something that can be proposed: what people call it, and what carries it out."""

    name: str
    label: str
    execute: Executor


_kinds: dict[str, Kind] = {}


def approval_kind(name: str, *, label: str = "") -> Callable[[_E], _E]:
    """Registers a kind of proposal; the decorated function carries an approved one out."""

    def register(execute: _E) -> _E:
        if name in _kinds:
            raise ValueError(f"approval kind {name!r} is registered twice")
        shown = label or name.replace("_", " ").capitalize()
        _kinds[name] = Kind(name=name, label=shown, execute=execute)
        return execute

    return register


def kind_named(name: str) -> Kind:
    """Raises `UnknownKind`."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind from None


def propose(
    kind: str, subject: str, payload: dict[str, Any], by: User, *, clock: Clock = utc_now
) -> Proposal:
    """Asks for an act that somebody else must allow. `subject` is what it is done to, such as
    `job:12`; `payload` (JSON) is what the executor needs, and is stored sealed.

    Raises `UnknownKind`, or `RoleMissing` for anybody but an operator.
    """
    kind_named(kind)
    check_role(by, Role.OPERATOR)
    proposal_id = random_id("prp")
    proposal = Proposal(
        proposal_id=proposal_id,
        kind=kind,
        subject=subject,
        payload=seals.seal(_KIND, subject, payload, _place(proposal_id)),
        proposed_by=actor_of(by),
        proposed_at=clock(),
    )
    return _audited("proposed", proposal, actor_of(by), _proposals.added(proposal), clock)


def approve(proposal_id: str, by: User, *, clock: Clock = utc_now) -> Proposal:
    """Allows it and carries it out; the proposal as it then stands. Still APPROVED means that it
    could not be done now and will be tried again.

    Raises `ProposalMissing`, `RoleMissing`, `OwnProposal`, `AlreadyDecided` or `UnknownKind`.
    """
    proposal = _decidable(proposal_id, by)
    kind_named(proposal.kind)
    return _carry_out(_decide(proposal, proposal.approved(actor_of(by), clock()), clock), clock)


def reject(proposal_id: str, by: User, *, clock: Clock = utc_now) -> Proposal:
    """Says no. Raises as `approve` does."""
    proposal = _decidable(proposal_id, by)
    return _decide(proposal, proposal.rejected(actor_of(by), clock()), clock)


def resume_abandoned(*, clock: Clock = utc_now) -> list[Proposal]:
    """Carries out again what was allowed and has no outcome, because its run died or something it
    needs was away; the proposals that were taken over. Run it every few minutes."""
    ours = [each for each in open_proposals() if each.kind in _kinds]
    abandoned = [each for each in ours if each.is_abandoned(clock())]
    taken = [_take_over(each, clock()) for each in abandoned]
    return [_carry_out(each, clock) for each in taken if each is not None]


def open_proposals() -> list[Proposal]:
    """Those that wait for a decision or for their outcome, oldest first; a second behind."""
    return list(_proposals.open())


def proposal(proposal_id: str) -> Proposal:
    """Raises `ProposalMissing`."""
    found = _proposals.find(proposal_id)
    if found is None:
        raise ProposalMissing
    return found


def payload_of(proposal: Proposal) -> dict[str, Any]:
    """What the executor gets, opened. Who shows it to somebody audits that."""
    return seals.unseal(_KIND, proposal.subject, proposal.payload, _place(proposal.proposal_id))


def _decidable(proposal_id: str, by: User) -> Proposal:
    check_role(by, Role.APPROVER)
    return proposal(proposal_id)


def _decide(old: Proposal, new: Proposal, clock: Clock) -> Proposal:
    actor = new.decided_by or ""
    try:
        return _audited(new.status.value, new, actor, _proposals.replaced(old, new), clock)
    except Outrun as error:
        raise AlreadyDecided(stored=error.stored) from error


def _take_over(proposal: Proposal, now: datetime) -> Proposal | None:
    leased = proposal.leased(now)
    try:
        transact([_proposals.replaced(proposal, leased)])
    except Conflict:
        return None  # another process was faster
    return leased


def _carry_out(proposal: Proposal, clock: Clock) -> Proposal:
    """Runs the executor under the lease that `proposal` holds, and stores how it ended."""
    if proposal.runs > RUNS_MAX:
        return _finish(proposal, "too_many_runs", clock)
    try:
        kind_named(proposal.kind).execute(proposal, payload_of(proposal))
    except Unavailable as error:
        _log.warning("approval_postponed", proposal=proposal.proposal_id, code=error.code)
        return _take_over_later(proposal, clock())
    except HubError as error:
        return _finish(proposal, error.code, clock)
    return _finish(proposal, None, clock)


def _finish(proposal: Proposal, failure: str | None, clock: Clock) -> Proposal:
    done = proposal.finished(failure)
    try:
        return _audited(
            done.status.value, done, "system", _proposals.replaced(proposal, done), clock
        )
    except Outrun:
        return _as_it_stands(proposal)


def _take_over_later(proposal: Proposal, now: datetime) -> Proposal:
    released = proposal.released(now)
    try:
        transact([_proposals.replaced(proposal, released)])
    except Conflict:
        return _as_it_stands(proposal)
    return released


def _as_it_stands(old: Proposal) -> Proposal:
    """After a run that outlived its lease and was taken over: what the other run says counts."""
    return proposal(old.proposal_id)


def _audited(act: str, new: Proposal, actor: str, write: Put, clock: Clock) -> Proposal:
    """Does the write together with its audit entry. Raises `Outrun`."""
    detail = {"proposal": new.proposal_id, "kind": new.kind, "failure": new.failure}
    audit.record(
        actor=actor,
        action=f"approval.{act}",
        subject=new.subject,
        detail=detail,
        together=(write,),
        clock=clock,
    )
    return new


def _place(proposal_id: str) -> Place:
    return Place(table="approvals", key=proposal_id, attribute="z")
