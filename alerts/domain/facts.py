"""Facts: transactions as an account's profile remembers them.

A transaction is told of by several records, in any order and more than once: pending, amended,
posted, taken away. What they say is united into one fact. Uniting is commutative, associative and
idempotent, so whoever has heard the same records knows the same.
"""

from datetime import date, timedelta
from typing import Any

import msgspec

# Younger transactions are news, that is: somebody may be alerted to them.
NEWS_FOR = timedelta(hours=72)
# A record of one may come a day late, since streams keep records for so long.
LIVE_S = int((NEWS_FOR + timedelta(hours=24)).total_seconds())

# Where a fact stands among an account's facts: moment, order within the day, transaction id.
Key = tuple[int, int, str]


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`at`: epoch seconds of the moment that it happened; noon of its day where no moment is known
    (`timed` is False). `day`: its ordinal. `place`: the order within the booking day.

    `merchant`: what tells one merchant from another in this account; `name`: what a customer
    would call it, kept only as long as somebody may be alerted. `minor` is signed: money out is
    negative. `authorised`: the amount while it was pending, and `authorised_seen` when that was
    written. `news`: somebody may be alerted to it. `removed`: it was taken away while pending.

    `seen` and `version`: when what stands here was written, and the item's version then.

    `posting`: the posting under another id that says this of a pending transaction; empty where it
    is said by the transaction itself. `parted`: postings that people have found to be others.
    """

    transaction_id: str
    at: int
    place: int
    day: int
    merchant: str
    name: str
    minor: int
    currency: str
    kind: str
    posted: bool
    timed: bool
    news: bool
    removed: bool
    seen: int
    version: int
    country: str
    mcc: str
    authorised: int | None
    authorised_seen: int
    balance: int | None
    undoes: str
    posting: str = ""
    parted: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return (self.at, self.place, self.transaction_id)

    @property
    def date(self) -> date:
        return date.fromordinal(self.day)

    @property
    def spent(self) -> int:
        """Money out as a positive number; 0 where none went out."""
        return -self.minor if self.minor < 0 else 0

    @property
    def is_purchase(self) -> bool:
        """Whether it paid somebody, and not the bank or the customer's other account."""
        return self.minor < 0 and self.kind in _PURCHASES


_PURCHASES = frozenset({"card", "payment"})


def united(one: Fact, other: Fact) -> Fact:
    """What both say of one transaction: posted before pending, then the later, and of a pending
    one what was authorised. What a posting said that was parted from it does not count."""
    parted = one.parted if one.parted == other.parted else _all_parted(one, other)
    counts = [each for each in (one, other) if each.posting not in parted] or [one, other]
    first, last = counts[0], counts[-1]
    winner = first if _knows_better(first, last) else last
    source = max(first, last, key=_authorisation)
    if (winner.parted, _authorisation(winner)) == (parted, _authorisation(source)):
        return winner
    return changed(
        winner,
        parted=parted,
        authorised=source.authorised,
        authorised_seen=source.authorised_seen,
    )


def _all_parted(one: Fact, other: Fact) -> tuple[str, ...]:
    return tuple(sorted({*one.parted, *other.parted}))


def changed(fact: Fact, **values: Any) -> Fact:
    """The fact with other values."""
    return msgspec.structs.replace(fact, **values)


def _knows_better(one: Fact, other: Fact) -> bool:
    """A posting never becomes pending again, whatever comes late."""
    ours, theirs = _rank(one), _rank(other)
    return ours > theirs or (ours == theirs and _rest(one) >= _rest(other))


def _rank(fact: Fact) -> tuple[bool, int, int, bool, bool]:
    return fact.posted, fact.seen, fact.version, fact.removed, fact.news


def _rest(fact: Fact) -> bytes:
    """All else, so that the order is total: which of two that rank alike is taken does not matter,
    but it must always be the same."""
    return msgspec.json.encode(changed(fact, authorised=None, authorised_seen=0, parted=()))


def _authorisation(fact: Fact) -> tuple[int, bool, int]:
    return fact.authorised_seen, fact.authorised is not None, fact.authorised or 0
