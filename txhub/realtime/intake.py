"""Stores messages, and says of each what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aws.vault import KeyDestroyed, Tampered
from kernel.clock import Clock
from kernel.errors import Refused
from txhub.domain.entries import SourcedEntry
from txhub.domain.storing import Outcome, Stored
from txhub.realtime.messages import read
from txhub.repository import AccountMissing
from txhub.services import store_entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison:
    """A message that will never be stored as it is. Neither text quotes anything from it."""

    code: str
    reason: str


Answer = Stored | Poison
# What is wrong with one account must not keep the messages of the others.
_OF_ONE_ACCOUNT = (AccountMissing, KeyDestroyed, Tampered)


def take(bodies: Sequence[bytes], *, clock: Clock, redriven: bool = False) -> list[Answer]:
    """What became of each message, in the order given. Taking one again changes nothing.
    `redriven`: an operator gives them again.

    Raises `Unavailable`; then some may be stored, and all must be given again.
    """
    read_ones = [_read(body, clock, redriven) for body in bodies]
    entries = [each for each in read_ones if isinstance(each, SourcedEntry)]
    # Oldest first, so that what arrives together need not overtake.
    entries.sort(key=lambda each: each.sequence or 0)
    stored = dict(zip(map(id, entries), _stored(entries), strict=True))
    return [each if isinstance(each, Poison) else stored[id(each)] for each in read_ones]


def _read(body: bytes, clock: Clock, redriven: bool) -> SourcedEntry | Poison:
    try:
        sourced = read(body, clock=clock)
    except Refused as fault:
        return Poison(code=fault.code, reason=fault.message)
    return replace(sourced, redriven=True) if redriven else sourced


def _stored(entries: Sequence[SourcedEntry]) -> list[Answer]:
    """Where the whole is refused, its halves are tried, down to the one that is at fault."""
    if not entries:
        return []
    try:
        return [_answer(each) for each in store_entries(entries)]
    except _OF_ONE_ACCOUNT as error:
        if len(entries) == 1:
            return [Poison(code=error.code, reason=error.message)]
        middle = len(entries) // 2
        return [*_stored(entries[:middle]), *_stored(entries[middle:])]


def _answer(stored: Stored) -> Answer:
    if stored.outcome is Outcome.REFUSED:
        return Poison(code="contradicts_stored", reason=stored.reason or "refused")
    return stored
