"""What is pending becomes posted under another id: once, whatever happens meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kernel.money import Money
from txhub.domain.entities import AccountId
from txhub.domain.entries import Action, SourcedEntry, Status
from txhub.domain.fits import Fit
from txhub.domain.storing import Outcome
from txhub.services import expire_pending, store_entries
from txhub.tests.holds import (
    DAY,
    LATER,
    found_by,
    outcomes,
    pending,
    posted,
    shown,
)
from txhub.tests.meanwhile import Died, dying_after, meanwhile
from txhub.tests.people import an_entry, new_account


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
