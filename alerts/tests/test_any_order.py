"""Whatever the order, and however often: the same alerts, and the same profile.

Facts are given in generated orders, cut into batches, some of them twice, with processes that die
after any of their writes and with zombies that finish what they had begun. What is compared is an
undisturbed run of the same facts.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.domain.facts import Fact, changed, united
from alerts.repository import ALERT_REPOSITORY, PROFILE_REPOSITORY
from alerts.services.observing import without
from alerts.services.second_look import SecondLook
from alerts.tests.bank import Bank, a_bank, new_account, new_customer
from alerts.tests.facts import a_fact
from txhub.domain.entities import AccountId, CustomerId, TransactionId

_EXAMPLES = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    """What records say of a dozen transactions of three days; some are pending first, some of
    these are let go, some are history."""
    heard: list[Fact] = []
    for number in range(draw(st.integers(2, 12))):
        minor = draw(st.sampled_from([-4900, -4900, -4900, -200, -60_000, 4900]))
        said = a_fact(
            minor,
            timedelta(minutes=draw(st.integers(0, 4000))),
            transaction_id=f"txn_{number}",
            kind="refund" if minor > 0 else "card",
            name=draw(st.sampled_from(["Voltmart", "Toolshed"])),
            country=draw(st.sampled_from(["GB", "ES"])),
            news=draw(st.integers(0, 4)) > 0,
        )
        heard += _records(draw, said)
    return heard


def _records(draw: st.DrawFn, said: Fact) -> list[Fact]:
    story = draw(st.sampled_from(["posted", "pending", "settled", "let go", "parted"]))
    pending = changed(said, posted=False, authorised=said.minor, authorised_seen=said.seen)
    if story == "posted":
        return [said]
    if story == "pending":
        return [pending]
    gone = changed(pending, removed=True, seen=said.seen + 60)
    if story == "let go":
        return [pending, gone]
    if story == "parted":
        return _parted(said, pending, gone)
    return [pending, gone, changed(said, minor=said.minor - 100, seen=said.seen + 60, version=2)]


def _parted(said: Fact, pending: Fact, gone: Fact) -> list[Fact]:
    """It was settled under another id, and two people found that it was not."""
    other = f"{said.transaction_id}_other"
    posting = changed(said, transaction_id=other, minor=said.minor - 500, seen=said.seen + 120)
    settling = changed(posting, transaction_id=said.transaction_id, posting=other, seen=gone.seen)
    back = changed(pending, seen=posting.seen, version=3, parted=(other,))
    apart = without(posting, TransactionId(said.transaction_id))
    return [pending, gone, settling, posting, apart, back]


@pytest.fixture(scope="module")
def world() -> Iterator[Bank]:
    with a_bank() as bank:
        yield bank


def new_home() -> tuple[AccountId, CustomerId]:
    owner = new_customer()
    return new_account(owner), owner


def told(owner: CustomerId) -> set[tuple[str, str, tuple[str, ...]]]:
    page = ALERT_REPOSITORY.page(owner, after=None, limit=500)
    return {(each.kind, each.reason, each.transaction_ids) for each in page.alerts}


def profile_of(account: AccountId) -> Any:
    found = PROFILE_REPOSITORY.find_many([account])[account].profile
    names = [(each.transaction_id, each.rule) for each in found.raised if each.stands]
    return found.facts, found.countries, found.since, names


class Died(Exception):
    """The process is no more."""


class Mortal(SecondLook):
    """Dies before or after its n-th write."""

    def __init__(self, bank: Bank, dies_at: int, *, after: bool) -> None:
        super().__init__(clock=bank.clock)
        self._bank, self._left, self._after = bank, dies_at, after

    def _keep_and_tell(self, looked: Any, book: Any) -> bool:
        send = self._bank.memory.send

        def counted(operation: str, parameters: Any) -> Any:
            if operation != "PutItem":
                return send(operation, parameters)
            self._left -= 1
            if self._left == 0 and not self._after:
                raise Died
            answer = send(operation, parameters)
            if self._left == 0:
                raise Died
            return answer

        self._bank.memory.send = counted  # type: ignore[method-assign]
        try:
            return super()._keep_and_tell(looked, book)
        finally:
            self._bank.memory.send = send  # type: ignore[method-assign]


@st.composite
def deliveries(draw: st.DrawFn, heard: Sequence[Fact]) -> list[list[Fact]]:
    """All of them in some order, in batches, with some again."""
    order = draw(st.permutations(heard))
    again = draw(st.lists(st.sampled_from(heard), max_size=6))
    given = [*order, *again]
    batches, place = [], 0
    while place < len(given):
        size = draw(st.integers(1, 5))
        batches.append(given[place : place + size])
        place += size
    return batches


class TestAnyOrder:
    @_EXAMPLES
    @given(data=st.data())
    def test_leads_to_the_same(self, world: Bank, data: st.DataObject) -> None:
        heard = data.draw(facts())
        (calm, reader), (rough, other) = new_home(), new_home()
        look = SecondLook(clock=world.clock)
        for fact in heard:
            look.take({calm: [fact]})
        for batch in data.draw(deliveries(heard)):
            look.take({rough: batch})
        assert profile_of(rough) == profile_of(calm)
        assert told(other) == told(reader)

    @_EXAMPLES
    @given(data=st.data())
    def test_survives_deaths_after_any_write(self, world: Bank, data: st.DataObject) -> None:
        heard = data.draw(facts())
        (calm, reader), (rough, other) = new_home(), new_home()
        SecondLook(clock=world.clock).take({calm: heard})
        for batch in data.draw(deliveries(heard)):
            for _life in range(data.draw(st.integers(0, 2))):
                mortal = Mortal(world, data.draw(st.integers(1, 3)), after=data.draw(st.booleans()))
                with suppress(Died):
                    mortal.take({rough: batch})
            SecondLook(clock=world.clock).take({rough: batch})
        assert profile_of(rough) == profile_of(calm)
        assert told(other) == told(reader)

    @pytest.mark.parametrize("is_known", [False, True])
    def test_is_not_disturbed_by_a_zombie(self, world: Bank, is_known: bool) -> None:
        """It decided before a late refund was heard, and tells after it."""
        home, owner = new_home()
        if is_known:
            SecondLook(clock=world.clock).take({home: [a_fact(-300, timedelta(days=30))]})
        charges = [a_fact(-4900, timedelta(minutes=each)) for each in (20, 10)]
        zombie = SecondLook(clock=world.clock)
        (looked,) = zombie._look({home: charges})
        SecondLook(clock=world.clock).take({home: charges})
        refund = a_fact(4900, timedelta(minutes=15), kind="refund")
        SecondLook(clock=world.clock).take({home: [refund]})
        before = told(owner)
        assert not any(kind == "duplicate_charge" for kind, _reason, _ids in before)
        assert zombie._settle([looked]) == [home]
        for decision in looked.decisions:
            zombie._tell(decision, looked, _book(world))
        assert told(owner) == before


class TestFacts:
    @_EXAMPLES
    @given(data=st.data())
    def test_are_united_in_any_order(self, data: st.DataObject) -> None:
        said = a_fact(-4900)
        records = [
            changed(
                said,
                posted=data.draw(st.booleans()),
                removed=data.draw(st.booleans()),
                seen=said.seen + data.draw(st.integers(0, 2)),
                minor=-data.draw(st.integers(1, 3)),
                authorised=data.draw(st.sampled_from([None, -1, -2])),
                authorised_seen=data.draw(st.integers(0, 2)),
            )
            for _ in range(4)
        ]
        one, other = records[0], data.draw(st.permutations(records))
        for record in records:
            one = united(one, record)
        last = other[0]
        for record in [*other, *other]:
            last = united(last, record)
        assert one == last


def _book(world: Bank) -> Any:
    from alerts.services.rulebook import rule_book

    return rule_book(world.clock)
