"""Storing while somebody else writes to the same account, at the moments that matter."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from aws.dynamodb import transact
from kernel.errors import Unavailable
from kernel.money import Money
from txhub import queries
from txhub.domain.entities import AccountId
from txhub.domain.entries import Action, SourcedEntry
from txhub.domain.filters import TransactionFilter
from txhub.domain.slots import assign_slots
from txhub.domain.sources import row_source
from txhub.domain.storing import Outcome
from txhub.repository import (
    ACCOUNT_REPOSITORY,
    REGISTER,
    TRANSACTION_REPOSITORY,
    StoredTransaction,
    key_for,
)
from txhub.services import store_entries
from txhub.services.conversion import transaction_of
from txhub.tests.meanwhile import Died, dying_after, meanwhile, recording
from txhub.tests.people import an_entry, new_account

DAY = date(2026, 5, 4)
READS = {"GetItem", "BatchGetItem", "Query"}


def stored_in(account_id: AccountId) -> list[StoredTransaction]:
    account = ACCOUNT_REPOSITORY.find(account_id)
    assert account is not None
    return list(TRANSACTION_REPOSITORY.all_of(account))


def linked(account_id: AccountId) -> dict[str, tuple[str, ...]]:
    """The links of each transaction."""
    return {
        each.transaction.transaction_id: each.transaction.links for each in stored_in(account_id)
    }


def outcomes(*entries: SourcedEntry) -> list[Outcome]:
    return [stored.outcome for stored in store_entries(entries)]


def amended(sourced: SourcedEntry, source: str, **facts: Any) -> SourcedEntry:
    entry = replace(sourced.entry, action=Action.AMEND, **facts)
    return replace(sourced, entry=entry, source=source)


def once(act: Callable[[], object]) -> Callable[[], None]:
    """A `before_write` during whose first call somebody else acts."""
    acts = [act]

    def before_write() -> None:
        if acts:
            acts.pop()()

    return before_write


def booked(account_id: AccountId) -> Money | None:
    return ACCOUNT_REPOSITORY.find_many([account_id])[account_id].balances.booked


class TestANewEntry:
    def test_is_a_duplicate_where_somebody_stored_it_since_the_look(self) -> None:
        account = new_account()
        mine = an_entry(account, "1", DAY)
        theirs = replace(mine, source="other:1")
        stored = store_entries([mine], before_write=once(lambda: store_entries([theirs])))
        assert [each.outcome for each in stored] == [Outcome.DUPLICATE]
        assert [each.sources for each in stored_in(account)] == [("other:1",)]

    def test_is_refused_where_somebody_stored_it_on_another_day_since_the_look(self) -> None:
        account = new_account()
        store_entries([an_entry(account, "0", DAY)])
        mine = an_entry(account, "1", DAY)
        theirs = an_entry(account, "1", DAY + timedelta(days=400), source="other:1")
        stored = store_entries([mine], before_write=once(lambda: store_entries([theirs])))
        assert [each.outcome for each in stored] == [Outcome.REFUSED]
        assert len(stored_in(account)) == 2

    def test_is_found_in_a_volume_that_was_opened_since_the_account_was_read(self) -> None:
        account = new_account()
        store_entries([an_entry(account, "0", DAY)])
        mine = an_entry(account, "1", DAY)
        theirs = an_entry(account, "1", DAY + timedelta(days=400), source="other:1")
        with meanwhile("BatchGetItem", 1, lambda: store_entries([theirs])):
            assert outcomes(mine) == [Outcome.REFUSED]
        assert len(stored_in(account)) == 2

    def test_does_not_overwrite_what_was_filed_before_and_written_since_the_look(self) -> None:
        account = new_account()
        mine = an_entry(account, "1", DAY)
        (slot,) = assign_slots([mine], {}).values()
        _file_as_somebody_else(account, mine)
        theirs = replace(mine, source="other:1")
        late = StoredTransaction(
            transaction=transaction_of(theirs),
            key=key_for(account, "2026", slot, mine.transaction_id),
            sources=("other:1",),
        )
        hook = once(lambda: TRANSACTION_REPOSITORY.write_new([late]))
        stored = store_entries([mine], before_write=hook)
        assert [each.outcome for each in stored] == [Outcome.DUPLICATE]
        assert [each.sources for each in stored_in(account)] == [("other:1",)]

    def test_lies_where_it_was_filed_by_somebody_who_died(self) -> None:
        account = new_account()
        rows = [an_entry(account, str(n), DAY, 1, balance_minor=n) for n in range(4)]
        with pytest.raises(Died), dying_after(1):
            store_entries(rows)
        assert store_entries([rows[3]])[0].outcome is Outcome.WRITTEN
        assert store_entries(rows[:3])[0].outcome is Outcome.WRITTEN
        found = ACCOUNT_REPOSITORY.find(account)
        assert found is not None
        page = queries.transactions_page(found, TransactionFilter())
        assert [each.balance for each in page.transactions] == [
            Money(n, "GBP") for n in (3, 2, 1, 0)
        ]


def _file_as_somebody_else(account: AccountId, sourced: SourcedEntry) -> None:
    """He opened the volume and reserved the slot, and has not written yet."""
    registered = REGISTER.look_up({account: [sourced.transaction_id]})[account]
    (slot,) = assign_slots([sourced], {}).values()
    transact(
        [
            ACCOUNT_REPOSITORY.open_volumes(account, frozenset({"2026"})),
            REGISTER.reserving(registered, {sourced.transaction_id: slot}),
        ]
    )


class TestAnAmendment:
    def test_comes_on_top_of_one_that_was_faster(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        store_entries([first])
        mine = amended(first, "mine:1", amount_minor=-1)
        theirs = amended(first, "theirs:1", amount_minor=-2)
        store_entries([mine], before_write=once(lambda: store_entries([theirs])))
        (stored,) = stored_in(account)
        assert stored.transaction.amount.minor == -1
        assert stored.sources == ("mine:1", "theirs:1", "chunk:1")
        assert stored.transaction.version == 3

    def test_stays_the_last_of_its_chunk_when_that_is_taken_again(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        store_entries([first])
        rows = [
            replace(first, source=row_source("mine", 9, amends=False)),
            amended(first, row_source("mine", 2, amends=True)),
            amended(first, row_source("mine", 10, amends=True), amount_minor=-1),
        ]
        for _take in range(2):
            assert outcomes(*rows) == [Outcome.DUPLICATE, Outcome.DUPLICATE, Outcome.UPDATED]
        (stored,) = stored_in(account)
        assert stored.transaction.amount.minor == -1
        assert stored.transaction.version == 2

    def test_counts_though_its_line_is_before_that_of_what_it_amends(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY, source=row_source("mine", 9, amends=False))
        amendment = amended(first, row_source("mine", 2, amends=True), amount_minor=-1)
        for _take in range(2):
            assert outcomes(first, amendment) == [Outcome.WRITTEN, Outcome.UPDATED]
        (stored,) = stored_in(account)
        assert stored.transaction.amount.minor == -1

    def test_moves_what_somebody_amended_in_its_place_since_the_look(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        store_entries([first])
        mine = amended(first, "mine:1", posted_on=DAY + timedelta(days=1))
        theirs = amended(first, "theirs:1", amount_minor=-2)
        store_entries([mine], before_write=once(lambda: store_entries([theirs])))
        (stored,) = stored_in(account)
        assert stored.sources == ("mine:1", "theirs:1", "chunk:1")

    def test_keeps_a_link_that_was_made_since_the_look(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        back = replace(an_entry(account, "2", DAY, 1250), reversed_id=first.transaction_id)
        store_entries([first])
        change = amended(first, "mine:1", description="CORRECTED")
        store_entries([change], before_write=once(lambda: store_entries([back])))
        assert linked(account)[first.transaction_id] == (back.transaction_id,)


class TestALink:
    def test_follows_a_transaction_that_was_moved_since_the_look(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        back = replace(an_entry(account, "2", DAY, 1250), reversed_id=first.transaction_id)
        store_entries([first])
        moved = amended(first, "theirs:1", posted_on=DAY + timedelta(days=300))
        with meanwhile("BatchWriteItem", 1, lambda: store_entries([moved])):
            store_entries([back])
        assert linked(account) == {
            first.transaction_id: (back.transaction_id,),
            back.transaction_id: (),
        }

    def test_is_made_by_whoever_takes_over(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        back = replace(an_entry(account, "2", DAY, 1250), reversed_id=first.transaction_id)
        store_entries([first])
        with pytest.raises(Died), dying_after(2):  # the register, and the reversal itself
            store_entries([back])
        assert linked(account)[first.transaction_id] == ()
        assert outcomes(back) == [Outcome.WRITTEN]
        assert linked(account)[first.transaction_id] == (back.transaction_id,)

    def test_is_made_though_the_reversal_stands_before_what_it_reverses(self) -> None:
        account = new_account()
        first = an_entry(account, "1", DAY)
        back = replace(an_entry(account, "2", DAY, 1250), reversed_id=first.transaction_id)
        store_entries([back, first])
        assert linked(account)[first.transaction_id] == (back.transaction_id,)


class TestTheBalance:
    def test_is_set_by_whoever_takes_over(self) -> None:
        account = new_account()
        rows = [an_entry(account, str(n), DAY, 1, balance_minor=n) for n in range(3)]
        with pytest.raises(Died), dying_after(2):
            store_entries(rows)
        assert booked(account) is None
        store_entries(rows)
        assert booked(account) == Money(2, "GBP")

    def test_is_not_set_back_by_whoever_writes_the_rest(self) -> None:
        account = new_account()
        rows = [an_entry(account, str(n), DAY, 1, balance_minor=n) for n in range(3)]
        store_entries(rows)
        store_entries(rows[:1])
        late = an_entry(account, "late", DAY - timedelta(days=1), 1, balance_minor=-9)
        store_entries([late])
        assert booked(account) == Money(2, "GBP")

    def test_of_a_later_posting_is_kept_though_it_came_since_the_look(self) -> None:
        account = new_account()
        store_entries([an_entry(account, "0", DAY, 1, balance_minor=0)])
        mine = an_entry(account, "1", DAY, 1, balance_minor=1)
        tomorrow = an_entry(account, "2", DAY + timedelta(days=1), 1, balance_minor=2)
        with meanwhile("BatchWriteItem", 1, lambda: store_entries([tomorrow])):
            store_entries([mine])
        assert booked(account) == Money(2, "GBP")

    def test_is_that_of_an_amended_closing_posting(self) -> None:
        account = new_account()
        last = an_entry(account, "0", DAY, 1, balance_minor=1)
        store_entries([last])
        store_entries([amended(last, "amend:1", amount_minor=5, balance_minor=5)])
        assert booked(account) == Money(5, "GBP")


class TestACall:
    def test_reads_consistently(self) -> None:
        account = new_account()
        rows = [an_entry(account, str(n), DAY) for n in range(300)]
        store_entries(rows)
        events: list[tuple[str, dict[str, Any]]] = []
        with recording(events):
            store_entries([replace(each, source="again:1") for each in rows])
        reads = [sent for operation, sent in events if operation in READS]
        assert len(reads) > 3
        for sent in reads:
            asked = sent.get("RequestItems", {"": sent}).values()
            assert all(each.get("ConsistentRead") for each in asked)

    def test_asks_before_each_group_of_writes(self) -> None:
        account = new_account()
        old = [an_entry(account, f"old{n}", DAY) for n in range(3)]
        store_entries(old)
        back = replace(an_entry(account, "back", DAY), reversed_id=old[0].transaction_id)
        changes = [amended(each, "amend:1", amount_minor=-5) for each in old[1:]]
        new = [an_entry(account, str(n), DAY) for n in range(600)]
        events: list[tuple[str, dict[str, Any]]] = []
        with recording(events):
            store_entries([*new, *changes, back], before_write=lambda: events.append(("ask", {})))
        kinds = [operation for operation, _sent in events if operation not in READS]
        register, first, second = ["ask", "TransactWriteItems"], ["ask"], ["ask"]
        first += ["BatchWriteItem"] * 20
        second += ["BatchWriteItem"] * 5
        change, link = ["ask", "PutItem"], ["ask", "UpdateItem"]
        tidy = ["TransactWriteItems"]
        assert kinds == [*register, *first, *second, *change, *change, *link, *tidy]

    def test_asks_before_it_writes_what_was_left_over(self) -> None:
        account = new_account()
        rows = [an_entry(account, str(n), DAY) for n in range(3)]
        with pytest.raises(Died), dying_after(1):
            store_entries(rows)
        with pytest.raises(Died):
            store_entries(rows, before_write=_refuse)
        assert stored_in(account) == []

    def test_gives_up_where_others_are_always_faster(self) -> None:
        account = new_account()
        store_entries([an_entry(account, "0", DAY)])
        numbers = iter(range(99))
        with pytest.raises(Unavailable):
            store_entries(
                [an_entry(account, "mine", DAY)],
                before_write=lambda: _store_another(account, next(numbers)),
            )

    def test_takes_no_more_than_a_register_holds(self) -> None:
        entry = an_entry(new_account(), "0", DAY)
        with pytest.raises(ValueError, match="10000 at the most"):
            store_entries([entry] * 10_001)


def _refuse() -> None:
    raise Died


def _store_another(account: AccountId, number: int) -> None:
    store_entries([an_entry(account, f"another{number}", DAY)])
