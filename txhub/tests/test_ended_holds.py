"""Holds end: with the last capture, or with their time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from txhub.domain.entities import AccountId
from txhub.domain.entries import SourcedEntry, Status
from txhub.domain.storing import Outcome
from txhub.repository import TransactionMissing
from txhub.services import expire_pending, store_entries, undo_match
from txhub.tests.holds import (
    DAY,
    LATER,
    found_by,
    outcomes,
    pending,
    posted,
    shown,
)
from txhub.tests.meanwhile import meanwhile
from txhub.tests.people import new_account


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
