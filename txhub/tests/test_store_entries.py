"""Storing entries: nothing lost, nothing twice, nothing changed that must not change."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kernel.money import Money
from txhub import queries
from txhub.domain.entities import AccountId, Transaction
from txhub.domain.entries import Action, SourcedEntry, Status
from txhub.domain.filters import TransactionFilter
from txhub.domain.storing import Outcome
from txhub.queries import TransactionsPage
from txhub.repository import (
    ACCOUNT_REPOSITORY,
    TRANSACTION_REPOSITORY,
    AccountMissing,
    TransactionMissing,
)
from txhub.services import store_entries
from txhub.tests.people import an_entry, days_back, new_account, new_customer

DAY = date(2026, 5, 4)
EVERYTHING = TransactionFilter()


def outcomes(*entries: SourcedEntry) -> list[Outcome]:
    return [stored.outcome for stored in store_entries(entries)]


def page_of(account_id: AccountId, wanted: TransactionFilter = EVERYTHING) -> TransactionsPage:
    account = ACCOUNT_REPOSITORY.find(account_id)
    assert account is not None
    return queries.transactions_page(account, wanted, limit=200)


def shown(account_id: AccountId) -> tuple[Transaction, ...]:
    return page_of(account_id).transactions


def amended(sourced: SourcedEntry, **facts: object) -> SourcedEntry:
    entry = replace(sourced.entry, action=Action.AMEND, **facts)  # type: ignore[arg-type]
    return replace(sourced, entry=entry, source="chunk:amend")


class TestNewEntries:
    def test_are_written_once_and_then_are_duplicates(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        again = replace(first, source="another chunk:1")
        assert outcomes(first) == [Outcome.WRITTEN]
        assert outcomes(again) == [Outcome.DUPLICATE]
        assert [each.amount for each in shown(account)] == [Money(-1250, "GBP")]

    def test_count_as_written_again_when_their_chunk_is_retaken(self) -> None:
        account = new_account()
        entries = [an_entry(account, str(n), DAY) for n in range(3)]
        assert outcomes(*entries[:2]) == [Outcome.WRITTEN] * 2
        assert outcomes(*entries) == [Outcome.WRITTEN] * 3
        assert len(shown(account)) == 3

    def test_of_an_unknown_account_are_refused_whole(self) -> None:
        with pytest.raises(AccountMissing):
            store_entries([an_entry(AccountId("acc_" + "a" * 26), "1", DAY)])

    def test_are_not_written_when_the_caller_may_no_longer_write(self) -> None:
        account = new_account()

        def lease_is_lost() -> None:
            raise RuntimeError("lease lost")

        with pytest.raises(RuntimeError):
            store_entries([an_entry(account, "1", DAY)], before_write=lease_is_lost)
        assert shown(account) == ()


class TestTheSameIdWithOtherContent:
    def test_is_refused(self) -> None:
        account = new_account()
        store_entries([an_entry(account, "1", DAY)])
        other = an_entry(account, "1", DAY, -9999, source="other:1")
        (stored,) = store_entries([other])
        assert stored.outcome is Outcome.REFUSED
        assert "AMEND" in (stored.reason or "")
        assert shown(account)[0].amount.minor == -1250

    @pytest.mark.parametrize("days", [-400, -1, 1, 40])
    def test_is_refused_on_another_day_too(self, days: int) -> None:
        account = new_account()
        store_entries([an_entry(account, "1", DAY)])
        moved = an_entry(account, "1", DAY + timedelta(days=days), source="other:1")
        assert outcomes(moved) == [Outcome.REFUSED]
        assert len(shown(account)) == 1

    def test_is_refused_within_one_call(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        second = an_entry(account, "1", DAY, -77, source="chunk:2")
        assert outcomes(first, second) == [Outcome.WRITTEN, Outcome.REFUSED]


class TestAmend:
    def test_changes_the_content(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        store_entries([first])
        change = amended(first, description="CORRECTED")
        assert outcomes(change) == [Outcome.UPDATED]
        assert outcomes(change) == [Outcome.UPDATED], "a retaken chunk counts the same"
        assert outcomes(first) == [Outcome.WRITTEN], "and so does the one that it amends"
        assert [(each.description, each.version) for each in shown(account)] == [("CORRECTED", 2)]

    @pytest.mark.parametrize("days", [-400, -3, 30])
    def test_moves_it_to_another_day(self, days: int) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        store_entries([first])
        day = DAY + timedelta(days=days)
        assert outcomes(amended(first, posted_on=day)) == [Outcome.UPDATED]
        assert [each.posted_on for each in shown(account)] == [day]

    @pytest.mark.parametrize("sources", [("a:1", "z:1"), ("z:1", "a:1")])
    def test_finds_what_an_earlier_one_has_moved(self, sources: tuple[str, str]) -> None:
        account = new_account()
        first = replace(an_entry(account, "1", DAY), source=sources[0])
        moved = replace(amended(first, posted_on=DAY + timedelta(days=3)), source=sources[1])
        again = replace(amended(first, posted_on=DAY + timedelta(days=9)), source="m:1")
        assert outcomes(first) + outcomes(moved) + outcomes(again) == [
            Outcome.WRITTEN,
            Outcome.UPDATED,
            Outcome.UPDATED,
        ]
        found = ACCOUNT_REPOSITORY.find(account)
        assert found is not None
        one = queries.transaction(found, first.transaction_id)
        assert one.posted_on == DAY + timedelta(days=9)

    def test_of_something_unknown_is_refused(self) -> None:
        assert outcomes(amended(an_entry(new_account(), "1", DAY))) == [Outcome.REFUSED]

    def test_follows_its_original_within_one_call(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        change = amended(first, description="CORRECTED")
        assert outcomes(first, change) == [Outcome.WRITTEN, Outcome.UPDATED]
        assert outcomes(first, change) == [Outcome.WRITTEN, Outcome.UPDATED]
        assert [each.description for each in shown(account)] == ["CORRECTED"]

    def test_by_a_historical_file_is_refused(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        store_entries([first])
        old = replace(amended(first, description="OLD"), historical=True)
        assert outcomes(old) == [Outcome.REFUSED]


class TestPending:
    def test_stands_before_posted_and_gives_way_to_its_posting(self) -> None:
        account = new_account()
        pending = an_entry(
            account, "1", DAY, -1000, status=Status.PENDING, posted_on=None, source="memo:1"
        )
        store_entries([pending, an_entry(account, "2", DAY + timedelta(days=2))])
        assert [each.status for each in shown(account)] == [Status.PENDING, Status.POSTED]
        posting = an_entry(account, "1", DAY + timedelta(days=1), -1100, source="daily:1")
        assert outcomes(posting) == [Outcome.MATCHED]
        assert outcomes(posting) == [Outcome.MATCHED], "a retaken chunk counts the same"
        assert sorted(each.amount.minor for each in shown(account)) == [-1250, -1100]

    def test_is_not_shown_when_it_comes_after_its_posting(self) -> None:
        account = new_account()
        store_entries([an_entry(account, "1", DAY, -1100)])
        late = an_entry(
            account, "1", DAY, -1000, status=Status.PENDING, posted_on=None, source="memo:1"
        )
        assert outcomes(late) == [Outcome.DUPLICATE]
        assert [each.amount.minor for each in shown(account)] == [-1100]


class TestReversal:
    def test_is_linked_both_ways(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        store_entries([first])
        back = an_entry(account, "2", DAY, 1250, action=Action.REVERSE, reversal_of="1")
        store_entries([replace(back, reversed_id=first.transaction_id)])
        by_id = {str(each.transaction_id): each for each in shown(account)}
        assert by_id[back.transaction_id].reversal_of == first.transaction_id
        assert by_id[first.transaction_id].links == (back.transaction_id,)


class TestPages:
    def test_reach_every_transaction_once_while_new_ones_arrive(self) -> None:
        customer = new_customer()
        account_id = new_account(customer)
        old = [an_entry(account_id, str(n), day) for n, day in enumerate(days_back(137))]
        store_entries(old)
        seen: list[str] = []
        cursor: str | None = None
        for newer in range(100):
            account = queries.account_for(customer, account_id)
            page = queries.transactions_page(account, EVERYTHING, cursor=cursor, limit=10)
            seen += [each.transaction_id for each in page.transactions]
            cursor = page.next_cursor
            if cursor is None:
                break
            store_entries([an_entry(account_id, f"new-{newer}", date(2026, 7, 1))])
        assert seen == [each.transaction_id for each in old]

    def test_hold_exactly_what_the_filter_asks_for(self) -> None:
        account_id = new_account()
        for_n = {
            n: an_entry(account_id, str(n), day, -n, merchant=f"Shop {n % 7}")
            for n, day in enumerate(days_back(60))
        }
        store_entries(list(for_n.values()))
        wanted = TransactionFilter(
            from_day=date(2026, 5, 10), to_day=date(2026, 6, 20), q="shop 3", min_amount=20
        )
        expected = [
            each.transaction_id
            for n, each in for_n.items()
            if n % 7 == 3
            and n >= 20
            and date(2026, 5, 10) <= each.entry.booked_day <= date(2026, 6, 20)
        ]
        found = page_of(account_id, wanted).transactions
        assert [each.transaction_id for each in found] == expected
        assert expected

    def test_end_without_a_next_link_when_the_last_row_is_on_them(self) -> None:
        account_id = new_account()
        store_entries([an_entry(account_id, str(n), day) for n, day in enumerate(days_back(20))])
        account = ACCOUNT_REPOSITORY.find(account_id)
        assert account is not None
        page = queries.transactions_page(account, EVERYTHING, limit=20)
        assert len(page.transactions) == 20
        assert page.next_cursor is None

    def test_find_one_by_its_id(self) -> None:
        account_id = new_account()
        sourced = an_entry(account_id, "x", DAY)
        store_entries([sourced])
        account = ACCOUNT_REPOSITORY.find(account_id)
        assert account is not None
        found = queries.transaction(account, sourced.transaction_id)
        assert found.description == "CORNER COFFEE 12 LEEDS"
        with pytest.raises(TransactionMissing):
            queries.transaction(account, "txn_" + "a" * 26)


class TestStorage:
    def test_gives_back_what_went_in(self) -> None:
        account_id = new_account()
        sourced = an_entry(
            account_id, "1", DAY, original_minor=-1400, original_currency="EUR", balance_minor=5000
        )
        store_entries([sourced])
        account = ACCOUNT_REPOSITORY.find(account_id)
        assert account is not None
        (stored,) = TRANSACTION_REPOSITORY.all_of(account)
        each = stored.transaction
        assert each.original_amount == Money(-1400, "EUR")
        assert each.balance == Money(5000, "GBP")
        assert each.occurred_at == sourced.entry.occurred_at
        assert account.balances.booked == Money(5000, "GBP")
        assert stored.sources == ("chunk:1",)
