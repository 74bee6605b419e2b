"""Summaries: what a part of an account's transactions adds up to.

A part is what one look at the ledger can take in: a month, or, in an account so busy that its
volumes are shorter than a month, such a volume; and the pending entries. So a part is read in one
Query of one partition, and never holds more than a volume does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from txhub.domain.digests import NOTHING, Digest
from txhub.domain.entities import AccountId, Transaction
from txhub.domain.entries import Kind

_MONTH = len("2026-05")
# A row that no feed has given a category is known by its kind, where that says something.
_TELLING_KINDS = frozenset({Kind.PAYMENT, Kind.TRANSFER, Kind.CASH, Kind.FEE, Kind.INTEREST})
_GIVES_BACK = frozenset({Kind.REFUND, Kind.REVERSAL})


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """`name`: `2026-05`; `2026-05-1` (ten days) or `2026-05-17` in a busy account; of what is not
    posted, its volume: `P`."""

    account_id: AccountId
    volume: str
    name: str

    @property
    def is_posted(self) -> bool:
        return self.volume[0].isdigit()


@dataclass(frozen=True, slots=True, order=True)
class Purpose:
    """What money went for: a category, or else the kind of the transactions, or else neither."""

    category: str = ""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What was spent for one purpose, in minor units: what went out, less what was given back.

    `received` is all other money in: wages are not negative spending.
    """

    purpose: Purpose
    currency: str
    spent: int = 0
    received: int = 0
    count: int = 0

    def __add__(self, other: "Spending") -> "Spending":
        return Spending(
            purpose=self.purpose,
            currency=self.currency,
            spent=self.spent + other.spent,
            received=self.received + other.received,
            count=self.count + other.count,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """`digests`: of the part's rows, by who wrote them: a chunk, a re-driven row, or `MESSAGES`."""

    part: Part
    spending: tuple[Spending, ...] = ()
    digests: Mapping[str, Digest] = field(default_factory=dict)


def part_of(account_id: str, volume: str, day: str) -> Part:
    """The part that an entry of that day (`2026-05-17`) belongs to. What is not posted is a part as
    a whole, since it is kept by the day that it happened."""
    is_posted = volume[0].isdigit()
    name = max(volume, day[:_MONTH], key=len) if is_posted else volume
    return Part(AccountId(account_id), volume, name)


def spending_of(transactions: Iterable[Transaction]) -> tuple[Spending, ...]:
    """What posted transactions add up to, by purpose and currency."""
    return summed(map(_spending, transactions))


def summed(spending: Iterable[Spending]) -> tuple[Spending, ...]:
    """One for each purpose and currency, in their order."""
    sums: dict[tuple[Purpose, str], Spending] = {}
    for each in spending:
        key = (each.purpose, each.currency)
        sums[key] = sums[key] + each if key in sums else each
    return tuple(sums[key] for key in sorted(sums, key=_in_order))


def added(digests: Iterable[tuple[str, Digest]]) -> dict[str, Digest]:
    """The digest of each writer's rows."""
    sums: dict[str, Digest] = {}
    for writer, digest in digests:
        sums[writer] = sums.get(writer, NOTHING) + digest
    return sums


def _spending(transaction: Transaction) -> Spending:
    minor = transaction.amount.minor
    if minor < 0:
        is_spending = transaction.kind is not Kind.REVERSAL  # that takes money in back
    else:
        is_spending = transaction.kind in _GIVES_BACK
    return Spending(
        purpose=_purpose(transaction),
        currency=transaction.amount.currency,
        spent=-minor if is_spending else 0,
        received=0 if is_spending else minor,
        count=1,
    )


def _purpose(transaction: Transaction) -> Purpose:
    if transaction.merchant.category:
        return Purpose(category=transaction.merchant.category)
    return Purpose(kind=transaction.kind if transaction.kind in _TELLING_KINDS else None)


def _in_order(key: tuple[Purpose, str]) -> tuple[str, str, str]:
    purpose, currency = key
    return purpose.category, purpose.kind or "", currency
