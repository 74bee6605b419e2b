"""The captures of one order, in whatever order they come: the end is the same.

They have the order's authorisation code. Those that only look like a part of it depend on what is
open when they come, and are told of in test_matches.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from kernel.money import Money
from txhub.domain.entities import AccountId
from txhub.domain.entries import SourcedEntry, Status
from txhub.services import expire_pending, store_entries
from txhub.tests.holds import DAY, LATER, found_by, pending, posted, shown
from txhub.tests.people import new_account

ORDER_MINOR = -9000
LONG_AFTER = DAY + timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Part:
    minor: int
    days: int  # until it is booked
    final: bool


PARTS = st.lists(
    st.builds(Part, st.sampled_from((-700, -1500, -2100)), st.integers(0, 20), st.booleans()),
    min_size=1,
    max_size=4,
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """`again`: rows that come a second time, as a retaken chunk or in another file. `expires`: the
    task that ends holds has run in between."""

    seed: int
    again: tuple[int, ...]
    expires: bool


DELIVERIES = st.builds(
    Delivery,
    st.integers(0, 1_000),
    st.lists(st.integers(0, 9), max_size=3).map(tuple),
    st.booleans(),
)


def entries_of(account: AccountId, parts: list[Part]) -> list[SourcedEntry]:
    """The order, and its captures."""
    facts = {"auth_code": "A1B2C3", "mcc": "5942"}
    captures = [
        posted(
            account,
            f"part{number}",
            part.minor,
            day=LATER + timedelta(days=part.days),
            final=part.final,
            **facts,
        )
        for number, part in enumerate(parts)
    ]
    return [pending(account, "order", ORDER_MINOR, **facts), *captures]


def deliver(entries: list[SourcedEntry], delivery: Delivery) -> None:
    """One by one, in some order."""
    coming = list(entries)
    for number in delivery.again:
        each = entries[number % len(entries)]
        coming.append(replace(each, source=f"again:{number}") if number % 2 else each)
    Random(delivery.seed).shuffle(coming)  # noqa: S311 - an order, not a secret
    for number, each in enumerate(coming):
        store_entries([each])
        if delivery.expires and number == len(coming) // 2:
            expire_pending(LONG_AFTER)
    if delivery.expires:
        expire_pending(LONG_AFTER)


def last_of(entries: list[SourcedEntry]) -> SourcedEntry:
    """Which capture the order's id leads to."""

    def place(sourced: SourcedEntry) -> tuple[date, bool, str]:
        entry = sourced.entry
        return entry.booked_day, entry.final, sourced.transaction_id

    return max(entries[1:], key=place)


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(parts=PARTS, delivery=DELIVERIES)
# The order comes behind its last capture, and is never in the volume of what is pending.
@example(
    parts=[Part(-2100, 3, final=True), Part(-2100, 20, final=True)],
    delivery=Delivery(264, (7,), expires=True),
)
def test_end_the_same_in_any_order(parts: list[Part], delivery: Delivery) -> None:
    account = new_account()
    entries = entries_of(account, parts)
    deliver(entries, delivery)
    taken_minor = sum(part.minor for part in parts)
    over = delivery.expires or any(part.final for part in parts)
    still = [] if over else [(Status.PENDING, ORDER_MINOR - taken_minor)]
    posted_ones = [(Status.POSTED, part.minor) for part in parts]
    assert sorted(shown(account)) == sorted([*still, *posted_ones])
    for capture in entries[1:]:
        before = found_by(capture).was_pending
        assert before is not None
        assert before.amount == Money(ORDER_MINOR, "GBP")
    if over:
        assert found_by(entries[0]).transaction_id == last_of(entries).transaction_id
