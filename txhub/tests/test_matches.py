"""What is pending becomes posted under another id: once, whatever happens meanwhile."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from kernel.money import Money
from txhub import queries
from txhub.domain.entities import Account, AccountId, Transaction
from txhub.domain.entries import Action, Kind, SourcedEntry, Status
from txhub.domain.filters import TransactionFilter
from txhub.domain.fits import Fit
from txhub.domain.storing import Outcome
from txhub.repository import ACCOUNT_REPOSITORY, TransactionMissing
from txhub.services import expire_pending, store_entries, undo_match
from txhub.tests.meanwhile import Died, dying_after, meanwhile
from txhub.tests.people import an_entry, new_account

DAY = date(2026, 5, 4)
LATER = DAY + timedelta(days=2)
RESTAURANT = "5812"


def pending(account: AccountId, reference: str, minor: int = -4000, **facts: Any) -> SourcedEntry:
    facts = {"status": Status.PENDING, "posted_on": None, "kind": Kind.CARD, **facts}
    facts = {"mcc": RESTAURANT, **facts}
    return an_entry(account, reference, facts.pop("day", DAY), minor, **facts)


def posted(account: AccountId, reference: str, minor: int = -4000, **facts: Any) -> SourcedEntry:
    """Booked two days after the purchase; the feed says when that was."""
    facts = {"occurred_on": DAY, "occurred_at": None, "mcc": RESTAURANT, **facts}
    return an_entry(account, reference, facts.pop("day", LATER), minor, **facts)


def outcomes(*entries: SourcedEntry) -> list[Outcome]:
    return [stored.outcome for stored in store_entries(entries)]


def account_of(account_id: AccountId) -> Account:
    found = ACCOUNT_REPOSITORY.find(account_id)
    assert found is not None
    return found


def shown(account_id: AccountId) -> list[tuple[Status, int]]:
    """Pending before posted, as a customer sees it."""
    page = queries.transactions_page(account_of(account_id), TransactionFilter(), limit=200)
    return [(each.status, each.open_amount.minor) for each in page.transactions]


def found_by(entry: SourcedEntry) -> Transaction:
    return queries.transaction(account_of(AccountId(entry.account_id)), entry.transaction_id)


class TestAPosting:
    def test_takes_the_place_of_its_pending_entry(self) -> None:
        account = new_account()
        hold, posting = pending(account, "hold"), posted(account, "posting")
        assert outcomes(hold) == [Outcome.WRITTEN]
        assert outcomes(posting) == [Outcome.MATCHED]
        assert shown(account) == [(Status.POSTED, -4000)]

    def test_says_what_it_was(self) -> None:
        account = new_account()
        hold, tip = pending(account, "hold"), posted(account, "posting", -4600)
        store_entries([hold])
        store_entries([tip])
        before = found_by(tip).was_pending
        assert before is not None
        assert (before.amount, before.day, before.fit) == (Money(-4000, "GBP"), DAY, Fit.TIP)
        assert found_by(tip).first_amount == Money(-4000, "GBP")

    def test_is_found_by_the_id_that_it_had_while_pending(self) -> None:
        account = new_account()
        hold, posting = pending(account, "hold"), posted(account, "posting")
        store_entries([hold])
        store_entries([posting])
        assert found_by(hold) == found_by(posting)
        assert hold.transaction_id in found_by(posting).links

    def test_settles_what_came_in_the_same_file(self) -> None:
        account = new_account()
        hold, posting = pending(account, "hold"), posted(account, "posting")
        assert outcomes(hold, posting) == [Outcome.WRITTEN, Outcome.MATCHED]
        assert outcomes(hold, posting) == [Outcome.WRITTEN, Outcome.MATCHED], "a retaken chunk"
        assert shown(account) == [(Status.POSTED, -4000)]

    def test_settles_one_of_two_and_leaves_the_other(self) -> None:
        account = new_account()
        store_entries([pending(account, "a"), pending(account, "b", -5100, merchant="Ritz Books")])
        assert outcomes(posted(account, "posting")) == [Outcome.MATCHED]
        assert shown(account) == [(Status.PENDING, -5100), (Status.POSTED, -4000)]

    def test_of_something_else_settles_nothing(self) -> None:
        account = new_account()
        store_entries([pending(account, "hold")])
        other = posted(account, "posting", -999, merchant="Ritz Books", mcc="5942")
        assert outcomes(other) == [Outcome.WRITTEN]
        assert len(shown(account)) == 2

    def test_keeps_what_it_was_when_it_is_amended(self) -> None:
        account = new_account()
        posting = posted(account, "posting")
        store_entries([pending(account, "hold")])
        store_entries([posting])
        entry = replace(posting.entry, action=Action.AMEND, description="CORRECTED")
        amended = replace(posting, entry=entry, source="amend:1")
        assert outcomes(amended) == [Outcome.UPDATED]
        assert outcomes(posting) == [Outcome.MATCHED], "a retaken chunk counts the same"
        assert found_by(posting).was_pending is not None

    def test_is_linked_to_a_reversal_that_names_the_pending_id(self) -> None:
        account = new_account()
        hold, posting = pending(account, "hold"), posted(account, "posting")
        store_entries([hold])
        store_entries([posting])
        back = an_entry(account, "back", LATER, 4000, action=Action.REVERSE)
        store_entries([replace(back, reversed_id=hold.transaction_id)])
        assert back.transaction_id in found_by(posting).links

    def test_tells_of_its_pending_entry_of_the_same_id_too(self) -> None:
        account = new_account()
        store_entries([pending(account, "same", -4000)])
        tip = posted(account, "same", -4600, source="daily:1")
        assert outcomes(tip) == [Outcome.MATCHED]
        before = found_by(tip).was_pending
        assert before is not None
        assert (before.fit, before.amount) == (Fit.SAME_ID, Money(-4000, "GBP"))


class TestAnOrder:
    """One authorisation that is posted in parts."""

    def parts(self, account: AccountId, *minors: int) -> list[SourcedEntry]:
        return [
            posted(account, f"part{n}", minor, auth_code="A1B2C3", mcc="5942")
            for n, minor in enumerate(minors)
        ]

    def order(self, account: AccountId) -> SourcedEntry:
        return pending(account, "order", -9000, auth_code="A1B2C3", mcc="5942")

    def test_stays_pending_with_what_is_left(self) -> None:
        account = new_account()
        order, (part,) = self.order(account), self.parts(account, -3000)
        store_entries([order])
        assert outcomes(part) == [Outcome.MATCHED]
        assert shown(account) == [(Status.PENDING, -6000), (Status.POSTED, -3000)]
        assert found_by(order).first_amount == Money(-9000, "GBP")

    def test_ends_with_its_full_amount(self) -> None:
        account = new_account()
        order, (first,) = self.order(account), self.parts(account, -3000)
        second = posted(
            account, "last", -6000, day=LATER + timedelta(1), auth_code="A1B2C3", mcc="5942"
        )
        store_entries([order])
        assert outcomes(first) + outcomes(second) == [Outcome.MATCHED] * 2
        assert sorted(shown(account)) == [(Status.POSTED, -6000), (Status.POSTED, -3000)]
        assert found_by(order) == found_by(second)
        assert first.transaction_id in found_by(second).links

    def test_may_be_posted_in_one_file(self) -> None:
        account = new_account()
        order, parts = self.order(account), self.parts(account, -2000, -3000, -4000)
        store_entries([order])
        assert outcomes(*parts) == [Outcome.MATCHED] * 3
        assert {status for status, _minor in shown(account)} == {Status.POSTED}

    def test_is_posted_under_its_own_id_at_last(self) -> None:
        account = new_account()
        order, (part,) = self.order(account), self.parts(account, -3000)
        store_entries([order])
        store_entries([part])
        last = posted(account, "order", -5000, source="daily:1")
        assert outcomes(last) == [Outcome.MATCHED]
        assert sorted(shown(account)) == [(Status.POSTED, -5000), (Status.POSTED, -3000)]
        assert found_by(order).status is Status.POSTED

    def test_leads_to_its_parts_when_the_rest_has_expired(self) -> None:
        account = new_account()
        order, (part,) = self.order(account), self.parts(account, -3000)
        store_entries([order])
        store_entries([part])
        expire_pending(DAY + timedelta(days=60))
        assert shown(account) == [(Status.POSTED, -3000)]
        assert found_by(order) == found_by(part)


class TestTheLastCapture:
    """One that says so: with it the hold ends, whatever is left of it."""

    def order(self, account: AccountId) -> SourcedEntry:
        return pending(account, "order", -9000, auth_code="A1B2C3", mcc="5942")

    def part(
        self, account: AccountId, reference: str, minor: int, days: int = 0, **facts: Any
    ) -> SourcedEntry:
        facts = {"auth_code": "A1B2C3", "mcc": "5942", **facts}
        return posted(account, reference, minor, day=LATER + timedelta(days), **facts)

    def ended(self, account: AccountId) -> tuple[SourcedEntry, SourcedEntry]:
        """An order, and its last capture after another one."""
        order, last = self.order(account), self.part(account, "last", -5000, 1, final=True)
        store_entries([order])
        store_entries([self.part(account, "first", -3000)])
        assert outcomes(last) == [Outcome.MATCHED]
        return order, last

    def test_leaves_nothing_pending(self) -> None:
        account = new_account()
        order, last = self.ended(account)
        assert shown(account) == [(Status.POSTED, -5000), (Status.POSTED, -3000)]
        assert found_by(order) == found_by(last)

    def test_is_the_last_for_what_only_looks_alike(self) -> None:
        account = new_account()
        self.ended(account)
        rest = self.part(account, "rest", -1000, 2, auth_code=None)
        assert outcomes(rest) == [Outcome.WRITTEN]
        assert found_by(rest).was_pending is None

    def test_is_not_the_last_where_another_one_has_the_code(self) -> None:
        account = new_account()
        order, _last = self.ended(account)
        late = self.part(account, "late", -600, 2)
        assert outcomes(late) == [Outcome.MATCHED]
        assert found_by(order) == found_by(late)
        assert {status for status, _minor in shown(account)} == {Status.POSTED}

    def test_keeps_a_memo_file_from_bringing_the_order_back(self) -> None:
        account = new_account()
        order, _last = self.ended(account)
        assert outcomes(replace(order, source="again:1")) == [Outcome.DUPLICATE]
        assert len(shown(account)) == 2

    def test_may_come_before_the_order(self) -> None:
        account = new_account()
        store_entries([self.part(account, "last", -5000, final=True)])
        order = self.order(account)
        assert outcomes(order) == [Outcome.WRITTEN]
        assert shown(account) == [(Status.POSTED, -5000)]

    def test_that_is_undone_frees_what_it_had_ended(self) -> None:
        account = new_account()
        _order, last = self.ended(account)
        undo_match(account, last.transaction_id, decision="prp_1", today=LATER)
        assert shown(account)[0] == (Status.PENDING, -6000)

    def test_holds_while_another_part_is_undone(self) -> None:
        account = new_account()
        self.ended(account)
        first = self.part(account, "first", -3000)
        undo_match(account, first.transaction_id, decision="prp_1", today=LATER)
        assert {status for status, _minor in shown(account)} == {Status.POSTED}


class TestAPendingEntry:
    def test_that_comes_after_its_posting_is_not_shown(self) -> None:
        account = new_account()
        hold, posting = pending(account, "hold"), posted(account, "posting")
        assert outcomes(posting) + outcomes(hold) == [Outcome.WRITTEN] * 2
        assert outcomes(posting) + outcomes(hold) == [Outcome.WRITTEN] * 2, "retaken chunks"
        assert shown(account) == [(Status.POSTED, -4000)]
        assert found_by(hold) == found_by(posting)

    def test_does_not_come_back_with_another_file(self) -> None:
        account = new_account()
        hold = pending(account, "hold")
        store_entries([hold])
        store_entries([posted(account, "posting")])
        again = replace(hold, source="again:1")
        other = pending(account, "hold", -4100, source="other:1")
        assert outcomes(again) + outcomes(other) == [Outcome.DUPLICATE] * 2
        assert shown(account) == [(Status.POSTED, -4000)]

    def test_is_not_amended_once_it_is_settled(self) -> None:
        account = new_account()
        store_entries([pending(account, "hold")])
        store_entries([posted(account, "posting")])
        change = pending(account, "hold", -1, action=Action.AMEND, source="amend:1")
        assert outcomes(change) == [Outcome.REFUSED]

    def test_gives_way_to_a_posting_of_its_own_id(self) -> None:
        """The surest sign: then the other match was wrong, and both are posted."""
        account = new_account()
        hold = pending(account, "hold")
        store_entries([hold])
        store_entries([posted(account, "posting")])
        own = posted(account, "hold", source="daily:9")
        assert outcomes(own) == [Outcome.MATCHED]
        assert found_by(hold).source == "daily:9"
        assert shown(account) == [(Status.POSTED, -4000)] * 2


class TestExpiry:
    def test_puts_away_what_nothing_posted_in_time(self) -> None:
        account = new_account()
        hold = pending(account, "hold")
        store_entries([hold])
        last_day = DAY + timedelta(days=10)
        expire_pending(last_day)
        assert shown(account) == [(Status.PENDING, -4000)]
        expire_pending(last_day + timedelta(days=1))
        assert shown(account) == []
        with pytest.raises(TransactionMissing):
            found_by(hold)

    def test_waits_longer_for_a_hotel(self) -> None:
        account = new_account()
        store_entries([pending(account, "stay", mcc="7011")])
        expire_pending(DAY + timedelta(days=31))
        assert shown(account) == [(Status.PENDING, -4000)]

    def test_is_not_undone_by_the_file_coming_again(self) -> None:
        account = new_account()
        hold = pending(account, "hold")
        store_entries([hold])
        expire_pending(DAY + timedelta(days=60))
        assert outcomes(hold) == [Outcome.WRITTEN], "a retaken chunk counts the same"
        assert outcomes(replace(hold, source="again:1")) == [Outcome.DUPLICATE]
        assert shown(account) == []

    def test_leaves_what_was_posted_meanwhile(self) -> None:
        account = new_account()
        store_entries([pending(account, "hold")])
        posting = posted(account, "posting")
        with meanwhile("BatchGetItem", 1, lambda: store_entries([posting])):
            expire_pending(DAY + timedelta(days=60))
        assert shown(account) == [(Status.POSTED, -4000)]
        assert found_by(posting).was_pending is not None

    def test_is_over_for_what_only_looks_alike(self) -> None:
        account = new_account()
        hold = pending(account, "hold")
        store_entries([hold])
        expire_pending(DAY + timedelta(days=60))
        assert outcomes(posted(account, "late", day=DAY + timedelta(11))) == [Outcome.WRITTEN]
        with pytest.raises(TransactionMissing):
            found_by(hold)

    def test_is_not_over_for_what_was_booked_in_time(self) -> None:
        """Its file may be late, or the task that looks for ends of holds early."""
        account = new_account()
        hold, posting = pending(account, "hold"), posted(account, "late", day=DAY + timedelta(9))
        store_entries([hold])
        expire_pending(DAY + timedelta(days=60))
        assert outcomes(posting) == [Outcome.MATCHED]
        assert outcomes(posting) == [Outcome.MATCHED], "a retaken chunk"
        assert found_by(hold) == found_by(posting)
        assert shown(account) == [(Status.POSTED, -4000)]

    @pytest.mark.parametrize("minor", [-4000, -1500])
    def test_is_not_over_for_what_has_its_code(self, minor: int) -> None:
        account = new_account()
        hold = pending(account, "hold", auth_code="A1B2C3", mcc="5942")
        late = DAY + timedelta(20)
        posting = posted(account, "late", minor, day=late, auth_code="A1B2C3", mcc="5942")
        store_entries([hold])
        expire_pending(DAY + timedelta(days=60))
        assert outcomes(posting) == [Outcome.MATCHED]
        assert found_by(hold) == found_by(posting)
        assert shown(account) == [(Status.POSTED, minor)]
        assert outcomes(replace(hold, source="again:1")) == [Outcome.DUPLICATE]

    def test_stays_when_such_a_match_is_undone(self) -> None:
        account = new_account()
        hold, posting = pending(account, "hold"), posted(account, "late")
        store_entries([hold])
        expire_pending(DAY + timedelta(days=60))
        store_entries([posting])
        undo_match(
            account, posting.transaction_id, decision="prp_1", today=DAY + timedelta(days=60)
        )
        assert shown(account) == [(Status.POSTED, -4000)]
        with pytest.raises(TransactionMissing):
            found_by(hold)

    def test_is_no_hindrance_to_a_posting_of_the_same_id(self) -> None:
        account = new_account()
        store_entries([pending(account, "hold")])
        expire_pending(DAY + timedelta(days=60))
        assert outcomes(posted(account, "hold", source="daily:1")) == [Outcome.MATCHED]
        assert shown(account) == [(Status.POSTED, -4000)]


class TestAFileThatIsStoredInPieces:
    """Whoever takes over comes to the same pairs, though some are written by then."""

    def file(self, account: AccountId) -> list[SourcedEntry]:
        """Alone, the second posting would settle what the first one does."""
        return [
            posted(account, "one", -4000, merchant="Corner Coffee"),
            posted(account, "two", -4040, merchant="Corner Coffee"),
            posted(account, "three", -3000, auth_code="A1B2C3", mcc="5942"),
            posted(account, "four", -2500, auth_code="A1B2C3", mcc="5942"),
            posted(account, "five", -777, merchant="Ritz Books", mcc="5942"),
        ]

    def pairs(self, account: AccountId) -> list[tuple[Fit, float, bool] | None]:
        found = (found_by(each).was_pending for each in self.file(account))
        return [(each.fit, each.confidence, each.doubtful) if each else None for each in found]

    def holds(self, account: AccountId) -> list[SourcedEntry]:
        return [
            pending(account, "first", -4000),
            pending(account, "order", -9000, auth_code="A1B2C3", mcc="5942"),
        ]

    @pytest.mark.parametrize("writes", range(1, 4))
    def test_ends_as_if_nothing_had_happened(self, writes: int) -> None:
        whole, killed = new_account(), new_account()
        for account in (whole, killed):
            store_entries(self.holds(account))
        expected = outcomes(*self.file(whole))
        with pytest.raises(Died), dying_after(writes):
            store_entries(self.file(killed))
        assert outcomes(*self.file(killed)) == expected
        assert sorted(shown(killed)) == sorted(shown(whole))
        assert self.pairs(killed) == self.pairs(whole)
        assert outcomes(*self.file(killed)) == expected, "and again"

    def test_is_matched_with_what_is_left_where_others_were_faster(self) -> None:
        account = new_account()
        store_entries(self.holds(account))
        file = self.file(account)
        theirs = posted(account, "theirs", -4000, source="theirs:1")
        assert outcomes(theirs) == [Outcome.MATCHED]
        assert outcomes(*file)[0] is Outcome.WRITTEN
        assert found_by(self.holds(account)[0]) == found_by(theirs)


class TestTwoWritersAtOnce:
    def test_settle_a_pending_entry_once(self) -> None:
        account = new_account()
        hold = pending(account, "hold")
        store_entries([hold])
        mine = posted(account, "mine", source="mine:1")
        theirs = posted(account, "theirs", source="theirs:1")
        with meanwhile("Query", 1, lambda: store_entries([theirs])):
            assert outcomes(mine) == [Outcome.WRITTEN]
        assert found_by(hold) == found_by(theirs)
        assert found_by(mine).was_pending is None

    def test_settle_it_once_where_messages_are_stored(self) -> None:
        account = new_account()
        hold = replace(pending(account, "hold"), sequence=1)
        store_entries([hold])
        mine = replace(posted(account, "mine", source="mine:1"), sequence=3)
        theirs = replace(posted(account, "theirs", source="theirs:1"), sequence=2)
        with meanwhile("Query", 1, lambda: store_entries([theirs])):
            assert outcomes(mine) == [Outcome.WRITTEN]
        assert found_by(hold) == found_by(theirs)
        assert len(shown(account)) == 2

    def test_do_not_write_over_what_the_other_has_matched(self) -> None:
        """A worker that is late, and saw nothing that its posting could settle."""
        account = new_account()
        store_entries([pending(account, "hold", -9900, merchant="Ritz Books")])
        posting = posted(account, "posting")
        change = pending(account, "hold", action=Action.AMEND, source="amend:1")

        def take_over() -> None:
            assert outcomes(change) == [Outcome.UPDATED]
            assert outcomes(posting) == [Outcome.MATCHED]

        with meanwhile("TransactWriteItems", 1, take_over):
            assert outcomes(posting) == [Outcome.MATCHED]
        assert found_by(posting).was_pending is not None

    def test_settle_it_as_it_was_amended_meanwhile(self) -> None:
        account = new_account()
        hold, posting = pending(account, "hold"), posted(account, "posting", -4600)
        store_entries([hold])
        amendment = pending(account, "hold", -4600, action=Action.AMEND, source="amend:1")
        with meanwhile("Query", 1, lambda: store_entries([amendment])):
            assert outcomes(posting) == [Outcome.MATCHED]
        before = found_by(posting).was_pending
        assert before is not None
        assert before.amount == Money(-4600, "GBP")
