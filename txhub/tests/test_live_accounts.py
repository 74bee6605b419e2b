"""Accounts that several write to at once: what one of them alone would have stored, and once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest

from kernel.money import Money
from txhub.domain.entities import AccountId, Balances, Transaction
from txhub.domain.entries import Action, SourcedEntry, Status
from txhub.domain.storing import Outcome
from txhub.repository import ACCOUNT_REPOSITORY, TRANSACTION_REPOSITORY
from txhub.services import store_entries
from txhub.tests.people import an_entry, new_account

DAY = date(2026, 5, 4)


def message(account: AccountId, reference: str, sequence: int, **facts: object) -> SourcedEntry:
    facts = {"source": f"msg:{reference}:{sequence}", "day": DAY, **facts}
    return replace(an_entry(account, reference, **facts), sequence=sequence)  # type: ignore[arg-type]


def stored(account_id: AccountId) -> list[Transaction]:
    account = ACCOUNT_REPOSITORY.find(account_id)
    assert account is not None
    return [each.transaction for each in TRANSACTION_REPOSITORY.all_of(account)]


def balances(account_id: AccountId) -> Balances:
    account = ACCOUNT_REPOSITORY.find(account_id)
    assert account is not None
    return account.balances


class TestTwoWriters:
    def test_of_one_transaction_store_it_once_whatever_its_key(self) -> None:
        """As pending, as posted, on two days: four keys, and one transaction."""
        for _round in range(6):
            account = new_account()
            versions = [
                message(account, "1", 1, status=Status.PENDING, posted_on=None),
                message(account, "1", 2, minor=-2),
                message(account, "1", 3, minor=-3, action=Action.AMEND, day=DAY + timedelta(1)),
                message(account, "1", 4, minor=-4, action=Action.AMEND, day=DAY + timedelta(40)),
            ]
            with ThreadPoolExecutor(len(versions)) as writers:
                list(writers.map(lambda each: store_entries([each]), versions))
            assert [each.amount.minor for each in stored(account)] == [-4]

    def test_of_many_transactions_lose_none(self) -> None:
        account = new_account()
        entries = [message(account, str(n % 40), n // 40, minor=-n - 1) for n in range(80)]
        halves = [entries[:50], entries[30:]]
        with ThreadPoolExecutor(2) as writers:
            list(writers.map(store_entries, halves))
        assert len(stored(account)) == 40


class TestAnotherWriterInBetween:
    """The other one stores right before one of our writes, when we have looked long ago."""

    @pytest.mark.parametrize("write", [1, 2, 3])
    @pytest.mark.parametrize("held", [True, False])
    def test_is_never_overwritten_with_what_is_older(self, write: int, held: bool) -> None:
        account = new_account()
        older = message(account, "1", 2, minor=-2, action=Action.AMEND)
        younger = message(account, "1", 3, minor=-3, action=Action.AMEND)
        if held:
            store_entries([message(account, "1", 1)])
        before_write = counted(write, lambda: store_entries([younger]))
        store_entries([older], before_write=before_write)
        store_entries([younger])
        assert [each.amount.minor for each in stored(account)] == [-3]

    @pytest.mark.parametrize("write", [1, 2, 3])
    def test_does_not_leave_it_pending_and_posted(self, write: int) -> None:
        account = new_account()
        pending = message(account, "1", 1, status=Status.PENDING, posted_on=None)
        posted = message(account, "1", 2, minor=-2)
        store_entries([pending], before_write=counted(write, lambda: store_entries([posted])))
        store_entries([posted])
        assert [each.amount.minor for each in stored(account)] == [-2]


def counted(number: int, act: Callable[[], object]) -> Callable[[], None]:
    """Acts when it is called for the `number`th time."""
    calls = count(1)

    def call() -> None:
        if next(calls) == number:
            act()

    return call


class TestAFileOnALiveAccount:
    def test_is_stored_whole_even_where_one_transaction_cannot_hold_it(self) -> None:
        account = new_account()
        store_entries([message(account, "m", 1)])
        rows = [an_entry(account, str(n), DAY, source=f"chunk:{n}") for n in range(230)]
        assert {each.outcome for each in store_entries(rows)} == {Outcome.WRITTEN}
        assert {each.outcome for each in store_entries(rows)} == {Outcome.WRITTEN}, "retaken"
        assert len(stored(account)) == 231

    def test_posts_what_a_message_brought_as_pending(self) -> None:
        account = new_account()
        store_entries([message(account, "1", 1, status=Status.PENDING, posted_on=None)])
        (posted,) = store_entries([an_entry(account, "1", DAY, -1300, source="chunk:1")])
        assert posted.outcome is Outcome.MATCHED
        assert [each.status for each in stored(account)] == [Status.POSTED]

    def test_and_its_messages_keep_what_is_linked(self) -> None:
        account = new_account()
        first = message(account, "1", 1)
        back = message(account, "2", 2, action=Action.REVERSE, reversal_of="1")
        again = message(account, "3", 3, action=Action.REVERSE, reversal_of="1")
        store_entries([first])
        reversals = [replace(each, reversed_id=first.transaction_id) for each in (back, again)]
        amended = message(account, "1", 4, minor=-7, action=Action.AMEND)
        store_entries([*reversals, amended])
        by_id = {each.transaction_id: each for each in stored(account)}
        links = set(by_id[first.transaction_id].links)  # type: ignore[index]
        assert links == {each.transaction_id for each in reversals}


class TestBalances:
    @pytest.mark.parametrize("order", [(1, 2), (2, 1)])
    def test_are_those_of_the_youngest_message_of_a_day(self, order: tuple[int, int]) -> None:
        account = new_account()
        for sequence in order:
            store_entries([message(account, str(sequence), sequence, balance_minor=100 * sequence)])
        assert balances(account) == Balances(booked=Money(200, "GBP"), as_of=DAY, order=2)

    def test_are_not_set_back_by_a_message_that_a_file_was_faster_than(self) -> None:
        account = new_account()
        rows = [
            an_entry(account, str(n), DAY, balance_minor=100 * n, source=f"chunk:{n}")
            for n in (1, 2)
        ]
        store_entries(rows)
        late = message(account, "1", 1, balance_minor=100)
        assert store_entries([late])[0].outcome is Outcome.DUPLICATE
        assert balances(account).booked == Money(200, "GBP")
