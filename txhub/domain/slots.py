"""Slots: where in its account a transaction is filed.

Within a day, postings lie in the order that their balances follow, where the feed gives balances:
they are numbered, and what comes later for the same day goes on counting. A message has its number
from its sender. Without balances they lie by the moment that they happened, which is the same from
whatever file they come.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from txhub.domain.entries import SourcedEntry, Status
from txhub.domain.posting import Posting, posting_order

_SEQUENCE_MAX = 10**11  # orders have twelve digits
# Moments are counted from here, so that in one day they lie behind all numbers.
_MOMENTS_BEGIN = datetime(1890, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """`order`: a number within the day from 0 on, or a moment in seconds."""

    pending: bool
    day: date
    order: int


# A transaction id, whether it is pending, and its booking day: what has one slot for good.
Filing = tuple[str, bool, date]


def filing_of(sourced: SourcedEntry) -> Filing:
    entry = sourced.entry
    return sourced.transaction_id, entry.status is Status.PENDING, entry.booked_day


def assign_slots(
    entries: Iterable[SourcedEntry],
    taken: Mapping[Filing, Slot],
    *,
    last: Slot | None = None,
    balance: int | None = None,
) -> dict[Filing, Slot]:
    """The slots of one account's entries, which come in the feed's order.

    `taken`: those that are theirs already. `last`: the latest slot that a posting of the account
    has, and `balance` the account's in minor units after it.
    """
    slots: dict[Filing, Slot] = {}
    unfiled: dict[date, dict[Filing, SourcedEntry]] = {}
    for sourced in entries:
        filing = filing_of(sourced)
        if filing in taken:
            slots[filing] = taken[filing]
        elif sourced.entry.status is Status.PENDING:
            slots[filing] = _by_moment(sourced)
        else:
            unfiled.setdefault(sourced.entry.booked_day, {}).setdefault(filing, sourced)
    numbering = _Numbering(slots.values(), last, balance)
    for day in sorted(unfiled):
        slots |= numbering.of_day(day, unfiled[day])
    return slots


class _Numbering:
    """Goes through an account's days, oldest first, and files their postings."""

    def __init__(self, taken: Iterable[Slot], last: Slot | None, balance: int | None) -> None:
        self._next: dict[date, int] = {}
        self._last_day = last.day if last else date.min
        self._balance = balance
        for slot in [*taken, last] if last else taken:
            if not slot.pending:
                self._next[slot.day] = max(self._next.get(slot.day, 0), slot.order + 1)

    def of_day(self, day: date, entries: Mapping[Filing, SourcedEntry]) -> dict[Filing, Slot]:
        ordered = self._ordered(day, list(entries.values()))
        if ordered is None:
            return {filing: _by_moment(sourced) for filing, sourced in entries.items()}
        self._last_day, self._balance = day, ordered[-1].entry.balance_minor
        return {filing_of(each): Slot(False, day, self._number(day, each)) for each in ordered}

    def _number(self, day: date, sourced: SourcedEntry) -> int:
        number = self._next.get(day, 0)
        if sourced.sequence is not None and sourced.sequence < _SEQUENCE_MAX:
            number = sourced.sequence
        self._next[day] = max(self._next.get(day, 0), number + 1)
        return number

    def _ordered(self, day: date, entries: list[SourcedEntry]) -> list[SourcedEntry] | None:
        """In the order of their balances; None where they have none."""
        postings = [
            Posting(each.entry.amount_minor, each.entry.balance_minor)
            for each in entries
            if each.entry.balance_minor is not None
        ]
        if not postings:
            return None
        if len(postings) < len(entries):
            return entries  # a balance now and then, such as a day's last one: as the feed has them
        opening = self._balance if self._last_day <= day else None
        return [entries[place] for place in posting_order(postings, opening)]


def _by_moment(sourced: SourcedEntry) -> Slot:
    entry = sourced.entry
    seconds = _seconds(entry.occurred_at or entry.occurred_on)
    return Slot(entry.status is Status.PENDING, entry.booked_day, seconds)


def _seconds(happened: date | datetime) -> int:
    if not isinstance(happened, datetime):
        happened = datetime(happened.year, happened.month, happened.day, tzinfo=UTC)
    return int((happened - _MOMENTS_BEGIN).total_seconds())
