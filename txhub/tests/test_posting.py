"""The order of a day's postings: each balance is the one before it and the amount."""

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from txhub.domain.posting import Posting, posting_order

# Small amounts, so that a day comes back to the same balance often.
AMOUNTS = st.lists(st.integers(-3, 3), min_size=1, max_size=12)
CHANCE = st.randoms(use_true_random=False)


def chain(opening: int, amounts: Sequence[int]) -> list[Posting]:
    postings, balance = [], opening
    for minor in amounts:
        balance += minor
        postings.append(Posting(minor, balance))
    return postings


def gaps(postings: Sequence[Posting], opening: int | None) -> list[int]:
    befores = [each.before for each in postings]
    balances = [opening, *(each.balance for each in postings)]
    return [
        abs(before - balance)
        for before, balance in zip(befores, balances, strict=False)
        if balance is not None
    ]


def ordered(postings: Sequence[Posting], opening: int | None) -> list[Posting]:
    return [postings[place] for place in posting_order(postings, opening)]


class TestPostingOrder:
    @given(st.integers(-9, 9), AMOUNTS, CHANCE)
    def test_finds_the_chain_in_any_order(
        self, opening: int, amounts: list[int], chance: random.Random
    ) -> None:
        given_as = chain(opening, amounts)
        chance.shuffle(given_as)
        found = ordered(given_as, opening)
        assert sorted(found) == sorted(given_as)
        assert not any(gaps(found, opening))

    @given(st.integers(-9, 9), AMOUNTS, CHANCE)
    def test_finds_a_chain_without_knowing_the_opening(
        self, opening: int, amounts: list[int], chance: random.Random
    ) -> None:
        given_as = chain(opening, amounts)
        chance.shuffle(given_as)
        assert not any(gaps(ordered(given_as, None), None))

    @given(st.integers(-9, 9), AMOUNTS)
    def test_leaves_what_follows_as_it_is(self, opening: int, amounts: list[int]) -> None:
        postings = chain(opening, amounts)
        assert posting_order(postings, opening) == list(range(len(postings)))

    @given(AMOUNTS, st.lists(st.integers(-40, 40), min_size=12, max_size=12), CHANCE)
    def test_is_never_worse_than_the_feeds_own(
        self, amounts: list[int], off: list[int], chance: random.Random
    ) -> None:
        given_as = [
            each._replace(balance=each.balance + more)
            for each, more in zip(chain(0, amounts), off, strict=False)
        ]
        chance.shuffle(given_as)
        assert sum(gaps(ordered(given_as, 0), 0)) <= sum(gaps(given_as, 0))

    def test_goes_on_at_the_nearest_balance_where_a_feed_rounds(self) -> None:
        interest = Posting(34480, 7145240)  # it follows 7,110,770, which the feed has rounded
        fee = Posting(-1460, 7143780)
        deposit = Posting(50000, 7110770)
        assert ordered([fee, interest, deposit], 7060770) == [deposit, interest, fee]

    def test_begins_where_the_day_did_where_it_went_in_a_circle(self) -> None:
        out, back = Posting(-10, 90), Posting(10, 100)
        assert ordered([back, out], 100) == [out, back]
        assert ordered([out, back], 90) == [back, out]

    def test_stays_the_feeds_where_balances_do_not_follow_at_all(self) -> None:
        chance = random.Random(1)  # noqa: S311
        postings = [Posting(chance.randrange(99), chance.randrange(10**9)) for _ in range(3_000)]
        assert posting_order(postings) == list(range(3_000))
