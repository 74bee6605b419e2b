"""Alice's purchases: which posting settles which pending entry."""

from datetime import timedelta

import pytest

from txhub.domain.matching import Doubtful, Fit, Matched, Unmatched, match
from txhub.tests.matching.purchases import (
    MONDAY,
    abroad,
    at,
    candidate,
    chosen,
    match_one,
    posted,
)

RESTAURANT, PUMP, HOTEL, BOOKSHOP, GROCER = "5812", "5542", "7011", "5942", "5411"


def days(count: int) -> timedelta:
    return timedelta(days=count)


class TestMatch:
    def test_settles_the_same_amount_at_the_same_merchant(self) -> None:
        coffee = candidate(-350)
        decision = match_one(posted(-350), coffee)
        assert isinstance(decision, Matched)
        assert not isinstance(decision, Doubtful)
        assert (decision.pending, decision.fit) == (coffee.pending.transaction_id, Fit.EXACT)
        assert decision.closes
        assert decision.confidence > 0.99

    def test_answers_in_the_order_of_the_postings(self) -> None:
        tea, cake = candidate(-210), candidate(-485)
        strange = posted(-99_900, name="HARD TO KNOW")
        decisions = match([posted(-485), strange, posted(-210)], [tea, cake])
        assert [chosen(each) for each in decisions] == [
            cake.pending.transaction_id,
            None,
            tea.pending.transaction_id,
        ]

    def test_takes_the_feeds_own_id_for_certain(self) -> None:
        held = candidate(-10_000, name="ONE NAME")
        decision = match_one(
            posted(-77, name="ANOTHER", transaction_id=held.pending.transaction_id), held
        )
        assert isinstance(decision, Matched)
        assert (decision.fit, decision.confidence) == (Fit.SAME_ID, 1.0)

    def test_leaves_alone_what_fits_nothing(self) -> None:
        assert match_one(posted(-1234, name="BIKE SHOP"), candidate(-350)) == Unmatched()
        assert match([], [candidate()]) == []
        assert match([posted()], []) == [Unmatched()]

    def test_takes_no_refund_for_a_purchase(self) -> None:
        assert match_one(posted(2350), candidate(-2350)) == Unmatched()

    def test_settles_a_pending_refund(self) -> None:
        assert isinstance(match_one(posted(2350), candidate(2350)), Matched)


class TestTime:
    def test_never_posts_before_the_purchase(self) -> None:
        assert match_one(posted(-350, MONDAY), candidate(-350, MONDAY + days(3))) == Unmatched()

    def test_never_posts_after_the_hold_has_run_out(self) -> None:
        held = candidate(-350, ends_on=MONDAY + days(7))
        assert isinstance(match_one(posted(-350, MONDAY + days(7)), held), Matched)
        assert match_one(posted(-350, MONDAY + days(8)), held) == Unmatched()

    def test_lets_the_code_outlive_the_hold(self) -> None:
        held = candidate(-350, ends_on=MONDAY + days(7), code="A1B2C3")
        assert isinstance(match_one(posted(-350, MONDAY + days(9), code="A1B2C3"), held), Matched)

    @pytest.mark.parametrize("late", [1, 2, 5])
    def test_waits_some_days_for_the_posting(self, late: int) -> None:
        assert isinstance(match_one(posted(-2350, MONDAY + days(late)), candidate()), Matched)

    def test_tells_equal_purchases_apart_by_the_day_that_the_posting_names(self) -> None:
        monday, tuesday = candidate(), candidate(day=MONDAY + days(1))
        posting = posted(day=MONDAY + days(3), occurred_on=MONDAY + days(1))
        assert chosen(match_one(posting, monday, tuesday)) == tuesday.pending.transaction_id

    def test_tells_equal_purchases_apart_by_the_second(self) -> None:
        first, second = candidate(occurred_at=at(9, 0, 5)), candidate(occurred_at=at(9, 0, 45))
        posting = posted(occurred_on=MONDAY, occurred_at=at(9, 0, 45))
        assert chosen(match_one(posting, first, second)) == second.pending.transaction_id


class TestAmounts:
    @pytest.mark.parametrize(
        ("mcc", "held", "settled", "fit"),
        [
            (BOOKSHOP, -2350, -2351, Fit.CENT),
            (RESTAURANT, -4000, -4600, Fit.TIP),
            (PUMP, -100, -6423, Fit.FUEL_HOLD),
            (PUMP, -9900, -6423, Fit.FUEL_HOLD),
            (PUMP, -12_000, -6423, Fit.FUEL_HOLD),
            (HOTEL, -30_000, -34_150, Fit.STAY),
            (HOTEL, -30_000, -19_900, Fit.STAY),
        ],
    )
    def test_settles_what_was_authorised_as_an_estimate(
        self, mcc: str, held: int, settled: int, fit: Fit
    ) -> None:
        decision = match_one(posted(settled, mcc=mcc), candidate(held, mcc=mcc))
        assert isinstance(decision, Matched)
        assert (decision.fit, decision.closes) == (fit, True)

    @pytest.mark.parametrize(
        ("mcc", "held", "settled"),
        [
            (BOOKSHOP, -4000, -4600),  # nobody tips there
            (RESTAURANT, -4000, -6400),  # nobody tips that much
            (HOTEL, -30_000, -60_000),
        ],
    )
    def test_goes_no_further_than_the_trade_does(self, mcc: str, held: int, settled: int) -> None:
        assert match_one(posted(settled, mcc=mcc), candidate(held, mcc=mcc)) == Unmatched()

    def test_gives_the_tip_to_the_bill_that_has_no_posting_of_its_own(self) -> None:
        mine, friends = candidate(-4000, mcc=RESTAURANT), candidate(-4300, mcc=RESTAURANT)
        decisions = match(
            [posted(-4600, mcc=RESTAURANT), posted(-4300, mcc=RESTAURANT)], [friends, mine]
        )
        assert [chosen(each) for each in decisions] == [
            mine.pending.transaction_id,
            friends.pending.transaction_id,
        ]

    def test_believes_a_posting_that_repeats_the_authorised_amount(self) -> None:
        one, other = candidate(-4000, mcc=RESTAURANT), candidate(-4300, mcc=RESTAURANT)
        posting = posted(-4600, mcc=RESTAURANT, authorised_amount=one.pending.amount)
        assert chosen(match_one(posting, one, other)) == one.pending.transaction_id


class TestAbroad:
    def test_compares_what_was_paid_abroad(self) -> None:
        held = candidate(-4312, original_amount=abroad(-5000))
        decision = match_one(posted(-4425, original_amount=abroad(-5000)), held)
        assert isinstance(decision, Matched)
        assert decision.fit is Fit.FX

    def test_allows_for_the_rate_where_one_side_knows_no_more_than_home(self) -> None:
        near = match_one(posted(-4425, original_amount=abroad(-5000)), candidate(-4312))
        far = match_one(posted(-5425, original_amount=abroad(-5000)), candidate(-4312))
        assert isinstance(near, Matched)
        assert (near.fit, far) == (Fit.FX, Unmatched())

    def test_settles_what_is_pending_in_the_merchants_currency(self) -> None:
        held = candidate(-5000, currency="EUR")
        assert isinstance(match_one(posted(-4312, original_amount=abroad(-5000)), held), Matched)

    def test_does_not_take_an_equal_sum_at_home_for_another_sum_abroad(self) -> None:
        true = candidate(-4312, original_amount=abroad(-5000))
        decoy = candidate(-4425, original_amount=abroad(-5131))
        posting = posted(-4425, original_amount=abroad(-5000))
        assert chosen(match_one(posting, decoy, true)) == true.pending.transaction_id


class TestAuthCode:
    def test_tells_equal_purchases_apart(self) -> None:
        abandoned, paid = candidate(code="111111"), candidate(code="A2B2C2")
        assert chosen(match_one(posted(code="a2b2c2 "), abandoned, paid)) == (
            paid.pending.transaction_id
        )

    def test_is_believed_though_the_name_is_another(self) -> None:
        held = candidate(name="THE CROWN INN", code="A2B2C2")
        assert isinstance(match_one(posted(name="JB LEISURE LTD", code="A2B2C2"), held), Matched)

    def test_is_chance_where_name_and_amount_are_others_too(self) -> None:
        held = candidate(-9000, name="THE CROWN INN", code="A2B2C2", mcc="5999")
        posting = posted(-1234, occurred_on=MONDAY, name="BIKE SHOP", code="A2B2C2", mcc="5999")
        assert match_one(posting, held) == Unmatched()

    def test_makes_a_match_doubtful_where_the_amount_contradicts_it(self) -> None:
        held = candidate(-2350, code="A2B2C2", mcc=BOOKSHOP)
        assert isinstance(match_one(posted(-4700, code="A2B2C2", mcc=BOOKSHOP), held), Doubtful)

    @pytest.mark.parametrize("code", ["000000", "", "  "])
    def test_is_none_where_it_is_a_filling(self, code: str) -> None:
        held = candidate(-9000, name="THE CROWN INN", code=code)
        assert match_one(posted(-8000, name="BIKE SHOP", code=code), held) == Unmatched()


class TestCaptures:
    def test_settle_one_order_parcel_by_parcel(self) -> None:
        order = candidate(-10_000, code="A2B2C2")
        first = match_one(posted(-3000, code="A2B2C2"), order)
        assert isinstance(first, Matched)
        assert (first.fit, first.closes) == (Fit.CAPTURE, False)
        rest = candidate(-10_000, code="A2B2C2", captured_minor=-3000)
        last = match_one(posted(-7000, MONDAY + days(4), code="A2B2C2"), rest)
        assert isinstance(last, Matched)
        assert (last.fit, last.closes) == (Fit.CAPTURE, True)

    def test_are_known_without_a_code_when_they_complete_the_order(self) -> None:
        order = candidate(-10_001, mcc=BOOKSHOP)
        decisions = match([posted(-3000, mcc=BOOKSHOP), posted(-7001, mcc=BOOKSHOP)], [order])
        assert [chosen(each) for each in decisions] == [order.pending.transaction_id] * 2
        assert sum(isinstance(each, Matched) and each.closes for each in decisions) == 1

    def test_are_left_alone_where_two_sums_complete_the_order(self) -> None:
        order = candidate(-10_001, mcc=BOOKSHOP)
        minors = (-3000, -7001, -2000, -8001)
        decisions = match([posted(minor, mcc=BOOKSHOP) for minor in minors], [order])
        assert decisions == [Unmatched()] * 4

    def test_are_doubtful_where_only_being_less_tells_of_them(self) -> None:
        decision = match_one(posted(-3000, mcc=BOOKSHOP), candidate(-10_001, mcc=BOOKSHOP))
        assert isinstance(decision, Doubtful)
        assert (decision.fit, decision.closes) == (Fit.CAPTURE, False)

    def test_are_not_supposed_where_nothing_is_sent_in_parcels(self) -> None:
        decision = match_one(posted(-3000, mcc=GROCER), candidate(-10_001, mcc=GROCER))
        assert decision == Unmatched()

    def test_never_exceed_the_order(self) -> None:
        order = candidate(-10_000, code="A2B2C2")
        decisions = match([posted(-7000, code="A2B2C2"), posted(-6000, code="A2B2C2")], [order])
        assert decisions == [Unmatched(), Unmatched()]  # only one fits, and nothing tells which
        left = candidate(-10_000, code="A2B2C2", captured_minor=-7000)
        assert match_one(posted(-6000, code="A2B2C2"), left) == Unmatched()

    def test_end_with_the_last_one_whatever_is_left(self) -> None:
        last = match_one(posted(-3000, mcc=BOOKSHOP, final=True), candidate(-10_001, mcc=BOOKSHOP))
        assert isinstance(last, Matched)
        assert (last.fit, last.closes) == (Fit.CAPTURE, True)

    def test_after_the_last_one_are_others_unless_they_name_it(self) -> None:
        """What is booked on the same day may have come before it."""
        done = candidate(-10_000, mcc=BOOKSHOP, code="A2B2C2", captured_minor=-3000, ends_on=MONDAY)
        before = match_one(posted(-7000, MONDAY, mcc=BOOKSHOP), done)
        after = match_one(posted(-7000, MONDAY + days(1), mcc=BOOKSHOP), done)
        named = match_one(posted(-7000, MONDAY + days(1), mcc=BOOKSHOP, code="A2B2C2"), done)
        assert isinstance(before, Matched)
        assert after == Unmatched()
        assert isinstance(named, Matched)

    @pytest.mark.parametrize("code", [None, "A2B2C2"])
    def test_of_one_file_end_where_those_of_several_do(self, code: str | None) -> None:
        order = candidate(-10_001, mcc=BOOKSHOP, code="A2B2C2")
        parts = [(-3000, "A2B2C2", 0, False), (-2000, "A2B2C2", 1, True), (-5001, code, 2, False)]
        postings = [
            posted(minor, MONDAY + days(day), mcc=BOOKSHOP, code=named, final=final)
            for minor, named, day, final in parts
        ]
        one, two, three = match(postings, [order])
        assert isinstance(one, Matched)
        assert isinstance(two, Matched)
        assert (one.closes, two.closes) == (False, True)
        assert isinstance(three, Matched) is bool(code)


class TestDoubt:
    def test_is_none_between_equal_purchases(self) -> None:
        one, other = candidate(occurred_at=at(9)), candidate(occurred_at=at(17))
        decision = match_one(posted(), other, one)
        assert not isinstance(decision, Doubtful)
        assert chosen(decision) == one.pending.transaction_id  # the earlier, whatever the order

    def test_leaves_both_where_two_different_ones_are_as_likely(self) -> None:
        holds = [candidate(-9900, mcc=PUMP), candidate(-12_000, mcc=PUMP)]
        assert match_one(posted(-6423, mcc=PUMP), *holds) == Unmatched()

    def test_names_the_runner_up(self) -> None:
        true = candidate(-2350, name="THE CROWN INN", mcc="5813")
        decoy = candidate(-2350, MONDAY + days(1), name="BIKE SHOP", mcc="5940")
        posting = posted(
            day=MONDAY + days(3), occurred_on=MONDAY, name="JB LEISURE LTD", mcc="5813"
        )
        decision = match_one(posting, decoy, true)
        assert isinstance(decision, Doubtful)
        assert decision.pending == true.pending.transaction_id

    def test_settles_both_of_two_equal_purchases(self) -> None:
        twins = [candidate(), candidate()]
        decisions = match([posted(), posted()], twins)
        assert {chosen(each) for each in decisions} == {
            each.pending.transaction_id for each in twins
        }

    def test_matches_a_crowd_of_equal_purchases(self) -> None:
        tolls = [candidate(-270, name="M6 TOLL") for _ in range(450)]
        decisions = match([posted(-270, name="M6 TOLL") for _ in range(430)], tolls)
        assert len({chosen(each) for each in decisions} - {None}) == 430
