"""What one would write first: each kind of alert in a line, over the raw transactions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from txhub.public import Transaction

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """A transaction with all before it; `last`: the latest before it under the same text."""

    now: Transaction
    before: Sequence[Transaction]
    last: Transaction | None
    threshold: int
    low: int

    @property
    def spent(self) -> int:
        return -self.now.amount.minor

    @property
    def spent_before(self) -> int:
        return -self.last.amount.minor if self.last else -1

    @property
    def days(self) -> int:
        return (self.now.occurred_on - self.last.occurred_on) // _DAY if self.last else 999

    @property
    def is_a_month_later(self) -> bool:
        return 27 <= self.days <= 33


def _tips(seen: Seen) -> bool:
    held = seen.now.authorised_amount
    return held is not None and held.minor < 0 and seen.spent > -held.minor * 1.2


def _is_abroad(seen: Seen) -> bool:
    country = seen.now.merchant.country
    return bool(country) and country not in {each.merchant.country for each in seen.before}


def _is_low(seen: Seen) -> bool:
    return seen.now.balance is not None and seen.now.balance.minor < seen.low


def _is_small(seen: Seen) -> bool:
    return all(0 < -each.amount.minor <= 300 for each in [seen.now, *seen.before[-2:]])


KINDS: dict[str, Callable[[Seen], bool]] = {
    "duplicate_charge": lambda seen: seen.spent == seen.spent_before > 0 and seen.days <= 1,
    "generous_tip": _tips,
    "price_increase": lambda seen: seen.spent > seen.spent_before > 0 and seen.is_a_month_later,
    "trial_ended": lambda seen: 0 <= seen.spent_before <= 100 < seen.spent,
    "large_purchase": lambda seen: seen.spent >= seen.threshold,
    "refund_arrived": lambda seen: seen.spent < 0,
    "first_in_country": _is_abroad,
    "new_subscription": lambda seen: seen.spent == seen.spent_before > 0 and seen.is_a_month_later,
    "bill_higher": lambda seen: seen.spent > seen.spent_before * 1.2 > 0 and seen.days > 20,
    "small_charges": _is_small,
    "fee_charged": lambda seen: "FEE" in text_of(seen.now).upper() and seen.spent > 0,
    "balance_low": _is_low,
}


def naive(
    told: Sequence[Transaction], threshold: int, low: int
) -> Iterator[tuple[str, Transaction]]:
    """Kinds, and what they are about. `told`: in order, each as it was posted in the end."""
    last: dict[str, Transaction] = {}
    for place, now in enumerate(told):
        seen = Seen(now, told[:place], last.get(text_of(now)), threshold, low)
        for kind, holds in KINDS.items():
            if holds(seen):
                yield kind, now
        last[text_of(now)] = now


def text_of(said: Transaction) -> str:
    return said.merchant.name or said.description
