"""What becomes of an entry, given what is already stored under its id. Pure: a table of rules."""

from dataclasses import dataclass
from enum import StrEnum

from txhub.domain.entries import Action, SourcedEntry, Status


class Outcome(StrEnum):
    """What became of an entry; `ingest` counts rows by these."""

    WRITTEN = "written"  # stored as a new transaction
    UPDATED = "updated"  # an AMEND changed a stored transaction
    MATCHED = "matched"  # posted, in the place of its pending entry
    DUPLICATE = "duplicates"  # already stored with the same content
    REFUSED = "quarantined"  # contradicts what is stored; `reason` says how


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is stored under an entry's id: its content digest, status, and who wrote it."""

    status: Status
    content: bytes
    sources: tuple[str, ...]  # the present one first, then those it replaced
    matched: bool = False


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
    if sourced.entry.action is Action.AMEND:
        return _judge_amendment(sourced, content, held)
    if held is None:
        return Verdict(outcome=Outcome.WRITTEN, write=True)
    if held.content == content:
        return Verdict(outcome=Outcome.DUPLICATE)
    return _judge_other_content(sourced, held)


def _outcome_again(sourced: SourcedEntry, held: Held) -> Outcome:
    """A retaken chunk reports what its first taker did."""
    if sourced.entry.action is Action.AMEND:
        return Outcome.UPDATED
    return Outcome.MATCHED if held.matched else Outcome.WRITTEN


def _judge_amendment(sourced: SourcedEntry, content: bytes, held: Held | None) -> Verdict:
    if held is None:
        return _refused("amends a transaction that is not stored")
    if held.content == content:
        return Verdict(outcome=Outcome.DUPLICATE)
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
