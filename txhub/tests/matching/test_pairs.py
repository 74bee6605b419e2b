"""Joining a posting and its pending transaction, and parting them again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kernel.money import Money
from txhub.domain.entities import Transaction, TransactionId
from txhub.domain.entries import Entry, Kind, Status
from txhub.domain.fits import Fit
from txhub.domain.holds import held_until
from txhub.domain.matching import Doubtful, Matched
from txhub.domain.pairs import (
    candidate_of,
    confirmed,
    joined,
    parted_pending,
    parted_posting,
    posted_itself,
)
from txhub.tests.matching.purchases import pending, posted


def part_of(hold: Transaction) -> Matched:
    return Matched(pending=hold.transaction_id, fit=Fit.CAPTURE, confidence=0.99, closes=False)


class TestJoined:
    def test_each_side_says_what_the_other_is(self) -> None:
        order, parcel = joined(pending(-9000), posted(-3000), part_of(pending(-9000)))
        (taken,) = order.settled_by
        assert (taken.other, taken.amount) == (parcel.transaction_id, parcel.amount)
        assert parcel.was_pending is not None
        assert parcel.was_pending.amount == order.amount
        assert parcel.transaction_id in order.links
        assert order.transaction_id in parcel.links

    def test_a_part_leaves_the_rest(self) -> None:
        order, _parcel = joined(pending(-9000), posted(-3000), part_of(pending(-9000)))
        assert order.open_amount == Money(-6000, "GBP")
        assert order.amount == Money(-9000, "GBP")
        assert candidate_of(order, None).rest_minor == 6000

    def test_the_next_part_links_to_the_one_before(self) -> None:
        order, first = joined(pending(-9000), posted(-3000), part_of(pending(-9000)))
        order, second = joined(order, posted(-2000), part_of(order))
        assert first.transaction_id in second.links
        assert order.open_amount == Money(-4000, "GBP")

    def test_a_candidate_can_be_seen_as_it_was_before(self) -> None:
        order, first = joined(pending(-9000), posted(-3000), part_of(pending(-9000)))
        order, second = joined(order, posted(-2000), part_of(order))
        before = candidate_of(order, None, before={second.transaction_id})
        assert before.rest_minor == 6000
        assert candidate_of(order, None, before={first.transaction_id}).rest_minor == 7000


class TestTheEnd:
    def test_comes_with_the_last_part(self) -> None:
        order, _first = joined(pending(-9000), posted(-3000), part_of(pending(-9000)))
        assert order.final_on is None
        last = posted(-2000, final=True)
        order, _last = joined(order, last, part_of(order))
        assert (order.final_on, order.left_minor) == (last.booked_day, 4000)
        assert candidate_of(order, date.max).ends_on == last.booked_day
        assert candidate_of(order, date.min).ends_on == date.min
        before = candidate_of(order, None, before={last.transaction_id})
        assert (before.ends_on, before.rest_minor) == (None, 6000)

    def test_is_no_more_where_the_last_part_is_undone(self) -> None:
        last = posted(-2000, final=True)
        order, _last = joined(pending(-9000), last, part_of(pending(-9000)))
        free = parted_pending(order, last.transaction_id, "prp_1")
        assert (free.final_on, free.left_minor, free.posted_as) == (None, 9000, None)

    def test_leaves_nothing_where_a_posting_takes_the_whole_place(self) -> None:
        hold = pending(-9900)
        found = replace(part_of(hold), fit=Fit.FUEL_HOLD, closes=True)
        settled, _posting = joined(hold, posted(-6423), found)
        assert settled.left_minor == 0

    def test_names_the_last_part_in_whatever_order_they_came(self) -> None:
        days = [posted(-1000, date(2026, 3, day)) for day in (2, 5, 4)]
        last = posted(-1000, date(2026, 3, 5), final=True)
        order = pending(-9000)
        for part in (last, *days):
            order, _part = joined(order, part, part_of(order))
        assert order.posted_as == last.transaction_id


class TestParted:
    def test_both_stand_by_themselves_and_remember(self) -> None:
        order, parcel = joined(pending(-9000), posted(-3000), part_of(pending(-9000)))
        free = parted_pending(order, parcel.transaction_id, "prp_1")
        alone = parted_posting(parcel, "prp_1")
        assert free.open_amount == Money(-9000, "GBP")
        assert alone.was_pending is None
        assert (free.links, alone.links) == ((), ())
        assert free.settled_by[0].undone_by == "prp_1"
        assert alone.settles is not None
        assert alone.settles.undone_by == "prp_1"

    def test_what_was_confirmed_is_doubtful_no_more(self) -> None:
        hold = pending(-4000)
        doubt = Doubtful(
            pending=hold.transaction_id,
            fit=Fit.TIP,
            confidence=0.95,
            closes=True,
            runner_up=TransactionId("txn_other"),
        )
        _settled, dinner = joined(hold, posted(-4600), doubt)
        assert dinner.settles is not None
        assert (dinner.settles.doubtful, dinner.settles.runner_up) == (True, "txn_other")
        sure = confirmed(dinner).was_pending
        assert sure is not None
        assert not sure.doubtful


class TestFirstAmount:
    def test_is_what_the_feed_says_before_what_was_pending(self) -> None:
        stated = replace(posted(-4600), authorised_amount=Money(-4100, "GBP"))
        posting = posted_itself(pending(-4000), stated)
        assert posting.first_amount == Money(-4100, "GBP")
        assert posted_itself(pending(-4000), posted(-4600)).first_amount == Money(-4000, "GBP")

    def test_is_nobodys_where_nothing_was_pending(self) -> None:
        assert posted(-4600).first_amount is None
        assert pending(-4600).first_amount is None


class TestHeldUntil:
    @pytest.mark.parametrize(
        ("kind", "mcc", "days"),
        [(Kind.CARD, "5411", 10), (Kind.CARD, "7011", 31), (Kind.TRANSFER, None, 7)],
    )
    def test_goes_by_kind_and_trade(self, kind: Kind, mcc: str | None, days: int) -> None:
        day = date(2026, 5, 4)
        entry = Entry(
            line=1,
            status=Status.PENDING,
            account="1",
            kind=kind,
            mcc=mcc,
            amount_minor=-1,
            currency="GBP",
            posted_on=None,
            occurred_on=day,
        )
        hold_days = {"card": 10, "stay": 31, "other": 7}
        assert held_until(entry, hold_days) == day + timedelta(days=days)
