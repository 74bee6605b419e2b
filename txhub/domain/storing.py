"""What becomes of an entry, given what is already stored under its id. Pure: a table of rules."""

from dataclasses import dataclass
from enum import StrEnum

from txhub.domain.entries import Action, SourcedEntry, Status
from txhub.domain.sources import is_amended_since


class Outcome(StrEnum):
    """What became of an entry; `ingest` counts rows by these."""

    WRITTEN = "written"  # stored as a new transaction
    UPDATED = "updated"  # an AMEND changed a stored transaction
    MATCHED = "matched"  # posted, in the place of its pending entry
    DUPLICATE = "duplicates"  # already stored with the same content
    REFUSED = "quarantined"  # contradicts what is stored; `reason` says how


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is stored under an entry's id: its content digest, status, and who wrote it.

    `matched_by`: of these, who posted it in the place of its pending entry. `sequence`: the highest
    of the messages that wrote it; None where only files did. `settled`: it was pending, and is no
    more, since a posting of another id settled it or it expired.
    """

    status: Status
    content: bytes
    sources: tuple[str, ...]  # the present one first, then those it replaced
    matched_by: str | None = None
    sequence: int | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`outcome` to report; `write`: whether anything must be written for it."""

    outcome: Outcome
    write: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An entry and what became of it."""

    sourced: SourcedEntry
    outcome: Outcome
    reason: str | None = None


def judge(sourced: SourcedEntry, content: bytes, held: Held | None) -> Verdict:
    """The verdict on one entry whose content digest is `content`."""
    if held is not None and sourced.source in held.sources:
        return Verdict(outcome=_outcome_again(sourced, held))
    if held is not None and is_amended_since(sourced.source, held.sources):
        return Verdict(outcome=Outcome.DUPLICATE)  # as before, and what came behind it stands
    if sourced.superseded and sourced.entry.status is Status.PENDING:
        return Verdict(outcome=Outcome.DUPLICATE)  # it was said, and taken back since
    if held is None:
        return _judge_unknown(sourced)
    if held.settled and sourced.entry.status is Status.PENDING:
        return _judge_order(sourced, content, held) or _judge_settled(sourced)
    return _judge_order(sourced, content, held) or _judge_content(sourced, content, held)


def _judge_unknown(sourced: SourcedEntry) -> Verdict:
    """An AMEND carries the whole content: as a message it may have overtaken what it amends."""
    if sourced.entry.action is Action.AMEND and sourced.sequence is None:
        return _refused("amends a transaction that is not stored")
    return Verdict(outcome=Outcome.WRITTEN, write=True)


def _judge_settled(sourced: SourcedEntry) -> Verdict:
    """What is pending no more does not become so again. A posting of its id is the surest sign of
    all, and takes its place."""
    if sourced.entry.action is Action.AMEND:
        return _refused("amends a pending transaction that is settled, or has expired")
    return Verdict(outcome=Outcome.DUPLICATE)


def _judge_order(sourced: SourcedEntry, content: bytes, held: Held) -> Verdict | None:
    """None unless messages wrote both, and not the younger one last."""
    if sourced.sequence is None or held.sequence is None or sourced.sequence > held.sequence:
        return None
    if sourced.sequence < held.sequence:
        return Verdict(outcome=Outcome.DUPLICATE)  # overtaken: what it said is no longer so
    if content == held.content:
        return Verdict(outcome=Outcome.DUPLICATE)
    return _refused("sequence: another message of the same one says otherwise")


def _judge_content(sourced: SourcedEntry, content: bytes, held: Held) -> Verdict:
    if held.content == content:
        # A message that is younger leaves its sequence: those between the two are overtaken.
        return Verdict(outcome=Outcome.DUPLICATE, write=sourced.sequence is not None)
    if sourced.entry.action is Action.AMEND:
        return _judge_amendment(sourced, held)
    return _judge_other_content(sourced, held)


def _outcome_again(sourced: SourcedEntry, held: Held) -> Outcome:
    """A retaken chunk reports what its first taker did."""
    if sourced.entry.action is Action.AMEND:
        return Outcome.UPDATED
    return Outcome.MATCHED if held.matched_by == sourced.source else Outcome.WRITTEN


def _judge_amendment(sourced: SourcedEntry, held: Held) -> Verdict:
    if sourced.historical:
        return _refused("a historical file never changes what is stored")
    if held.status is Status.POSTED and sourced.entry.status is Status.PENDING:
        return _refused("a posted transaction cannot become pending again")
    return Verdict(outcome=Outcome.UPDATED, write=True)


def _judge_other_content(sourced: SourcedEntry, held: Held) -> Verdict:
    posts = sourced.entry.status is Status.POSTED
    if held.status is Status.PENDING and posts:
        return Verdict(outcome=Outcome.MATCHED, write=True)
    if held.status is Status.POSTED and not posts:
        return Verdict(outcome=Outcome.DUPLICATE)  # pending, but later than its own posting
    return _refused("the same id is stored with other content, and the record does not say AMEND")


def _refused(reason: str) -> Verdict:
    return Verdict(outcome=Outcome.REFUSED, reason=reason)
