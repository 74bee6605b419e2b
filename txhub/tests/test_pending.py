"""What a full memo file takes away in one account."""

from dataclasses import replace
from datetime import date, timedelta
from secrets import token_hex

import pytest

from txhub.domain.editions import Edition, last_edition_of, memo_edition
from txhub.domain.entities import AccountId
from txhub.domain.entries import Action, SourcedEntry, Status
from txhub.repository import PENDING_DIRECTORY, Listed, pending_entries
from txhub.services import Pruned, accounts_with_pending, prune_account, store_entries
from txhub.tests.people import an_entry, new_account

DAY = date(2026, 5, 4)
FIRST, SECOND = memo_edition(DAY, 1), memo_edition(DAY, 2)


@pytest.fixture
def feed() -> str:
    return f"memo-{token_hex(5)}"


@pytest.fixture
def account() -> AccountId:
    return new_account()


def pending(
    account: AccountId, feed: str, reference: str, edition: Edition | None = FIRST
) -> SourcedEntry:
    entry = an_entry(account, reference, DAY, status=Status.PENDING, posted_on=None)
    return replace(entry, feed=feed, edition=edition)


def listed(feed: str) -> Listed:
    (one,) = accounts_with_pending(feed)
    return one


def pruned(feed: str, *named: SourcedEntry, edition: Edition = SECOND, prune: str = "p") -> Pruned:
    ids = {each.transaction_id for each in named}
    return prune_account(listed(feed), ids, edition=edition, prune=prune)


def left(account: AccountId) -> set[str]:
    return {each.transaction_id for each in pending_entries(account)}


class TestPrune:
    def test_takes_away_what_is_not_named(self, account: AccountId, feed: str) -> None:
        kept, gone = pending(account, feed, "kept"), pending(account, feed, "gone")
        store_entries([kept, gone])
        assert pruned(feed, kept) == Pruned(removed=1, kept=1)
        assert left(account) == {kept.transaction_id}

    def test_leaves_what_is_younger(self, account: AccountId, feed: str) -> None:
        store_entries([pending(account, feed, "1", SECOND)])
        assert pruned(feed, edition=FIRST) == Pruned(removed=0, kept=1)

    def test_leaves_what_has_no_number_until_the_next_day(
        self, account: AccountId, feed: str
    ) -> None:
        store_entries([pending(account, feed, "1", last_edition_of(DAY))])
        assert pruned(feed, edition=memo_edition(DAY, 10**17)) == Pruned(removed=0, kept=1)
        tomorrow = memo_edition(DAY + timedelta(days=1), 0)
        assert pruned(feed, edition=tomorrow) == Pruned(removed=1, kept=0)

    def test_leaves_what_has_no_edition(self, account: AccountId, feed: str) -> None:
        store_entries([pending(account, feed, "1"), pending(account, feed, "2", None)])
        assert pruned(feed).removed == 1
        assert len(left(account)) == 1

    def test_repeated_counts_the_same(self, account: AccountId, feed: str) -> None:
        store_entries([pending(account, feed, str(number)) for number in range(120)])
        assert pruned(feed) == pruned(feed) == Pruned(removed=120, kept=0)
        assert pruned(feed, prune="the next").removed == 0

    def test_goes_on_where_it_was_interrupted(self, account: AccountId, feed: str) -> None:
        """After the first of two transactions."""
        store_entries([pending(account, feed, str(number)) for number in range(120)])
        calls = iter([None])
        with pytest.raises(StopIteration):
            prune_account(
                listed(feed), set(), edition=SECOND, prune="p", before_write=lambda: next(calls)
            )
        assert 0 < len(left(account)) < 120
        assert pruned(feed) == Pruned(removed=120, kept=0)

    def test_looks_again_where_an_entry_changes_meanwhile(
        self, account: AccountId, feed: str
    ) -> None:
        first = pending(account, feed, "1")
        store_entries([first, pending(account, feed, "2")])
        amended = replace(first.entry, action=Action.AMEND, description="CHANGED")
        younger = memo_edition(DAY, 3)

        def meanwhile() -> None:
            store_entries([replace(first, entry=amended, source="amend:1", edition=younger)])

        result = prune_account(
            listed(feed), set(), edition=SECOND, prune="p", before_write=meanwhile
        )
        assert result == Pruned(removed=1, kept=1)
        assert left(account) == {first.transaction_id}

    def test_counts_what_another_has_counted_meanwhile(self, account: AccountId, feed: str) -> None:
        store_entries([pending(account, feed, str(number)) for number in range(3)])
        seen_before = listed(feed)
        pruned(feed)
        store_entries([pending(account, feed, "new")])
        result = prune_account(seen_before, set(), edition=SECOND, prune="p")
        assert result == Pruned(removed=4, kept=0)


class TestDirectory:
    def test_lists_accounts_in_the_order_of_their_ids(self, feed: str) -> None:
        accounts = [new_account() for _ in range(40)]
        store_entries([pending(account, feed, "1") for account in accounts])
        assert [each.account_id for each in accounts_with_pending(feed)] == sorted(accounts)

    def test_lists_an_account_before_its_entry_is_written(
        self, account: AccountId, feed: str
    ) -> None:
        calls = iter([None])  # one question before the directories, the next before the entries
        with pytest.raises(StopIteration):
            store_entries([pending(account, feed, "1")], before_write=lambda: next(calls))
        assert left(account) == set()
        assert listed(feed).account_id == account

    def test_forgets_an_account_that_has_none_for_a_week(
        self, account: AccountId, feed: str
    ) -> None:
        store_entries([pending(account, feed, "1")])
        pruned(feed)
        for days, remembered in ((7, 1), (8, 0)):
            for each in accounts_with_pending(feed):
                later = memo_edition(DAY + timedelta(days=days), 1)
                prune_account(each, set(), edition=later, prune=f"after {days}")
            assert len(list(accounts_with_pending(feed))) == remembered

    def test_remembers_an_account_that_is_listed_anew(self, account: AccountId, feed: str) -> None:
        store_entries([pending(account, feed, "1")])
        pruned(feed)
        old = listed(feed)
        store_entries([pending(account, feed, "2", memo_edition(DAY + timedelta(days=9), 1))])
        PENDING_DIRECTORY.forget(old)
        assert listed(feed).account_id == account
