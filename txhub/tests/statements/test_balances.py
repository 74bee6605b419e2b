import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from txhub.domain.entities import Transaction
from txhub.statements.domain.balances import BalancesContradict, check_balances, opening_of
from txhub.tests.statements.samples import a_transaction

DAY = date(2026, 5, 15)
AMOUNTS = st.lists(st.integers(-50, 50).filter(bool), min_size=1, max_size=12)


def check(opening: int, transactions: list[Transaction]) -> None:
    check_balances(opening, transactions, DAY)


def chain_of(opening: int, minors: list[int]) -> list[Transaction]:
    """As a core sends them: each with the balance after it."""
    transactions = []
    for minor in minors:
        opening += minor
        transactions.append(a_transaction(DAY, minor, opening))
    return transactions


class TestTheBalances:
    @given(opening=st.integers(-500, 500), minors=AMOUNTS, seed=st.integers())
    def test_join_in_whatever_order_they_come(
        self, opening: int, minors: list[int], seed: int
    ) -> None:
        transactions = chain_of(opening, minors)
        random.Random(seed).shuffle(transactions)  # noqa: S311
        check(opening, transactions)
        if sum(minors):
            assert opening_of(transactions) == opening

    @given(opening=st.integers(-500, 500), minors=AMOUNTS, wrong=st.integers(-9, 9).filter(bool))
    def test_do_not_go_on_from_another_opening(
        self, opening: int, minors: list[int], wrong: int
    ) -> None:
        transactions = chain_of(opening, minors)
        goes_round = not sum(minors) and _comes_to(opening + wrong, transactions)
        assume(not goes_round)
        with pytest.raises(BalancesContradict):
            check(opening + wrong, transactions)

    @given(data=st.data(), minors=st.lists(st.integers(-50, -1), min_size=3, max_size=12))
    def test_break_where_a_transaction_is_missing(
        self, data: st.DataObject, minors: list[int]
    ) -> None:
        transactions = chain_of(100, minors)
        missing = data.draw(st.integers(0, len(minors) - 2))
        with pytest.raises(BalancesContradict):
            check(100, [*transactions[:missing], *transactions[missing + 1 :]])

    def test_must_hang_together(self) -> None:
        elsewhere = chain_of(490, [10, -10])
        with pytest.raises(BalancesContradict):
            check(100, elsewhere)
        with pytest.raises(BalancesContradict):
            check(100, [*chain_of(100, [-10, 3]), *elsewhere])

    def test_say_on_which_day_they_break(self) -> None:
        first, second = chain_of(100, [-10, -5])
        second = replace(second, posted_on=date(2026, 5, 20))
        with pytest.raises(BalancesContradict) as caught:
            check(100, [first, replace(second, balance=second.amount)])
        assert caught.value.day == date(2026, 5, 20)


class TestABalanceNowAndThen:
    def test_is_what_the_transactions_up_to_it_add_up_to(self) -> None:
        first, second, third = chain_of(100, [-10, -5, -5])
        check(100, [replace(first, balance=None), second, replace(third, balance=None)])
        with pytest.raises(BalancesContradict):
            check(100, [second, replace(third, balance=None)])

    def test_may_belong_to_a_late_one_which_has_another_place_here(self) -> None:
        late, own = a_transaction(date(2026, 4, 20), -10, 500), a_transaction(DAY, -5, 85)
        check(100, [late, a_transaction(DAY, 0), own])


def _comes_to(balance: int, transactions: list[Transaction]) -> bool:
    return any(each.balance and each.balance.minor == balance for each in transactions)


class TestTheOpening:
    def test_is_unknown_where_no_balance_comes(self) -> None:
        assert opening_of([a_transaction(DAY, -10), a_transaction(DAY, 5)]) is None
        assert opening_of([]) is None

    def test_is_that_of_the_first_where_all_add_up_to_nothing(self) -> None:
        assert opening_of(chain_of(100, [-10, 10])) == 100

    def test_looks_past_those_that_come_without_a_balance(self) -> None:
        first, second = chain_of(100, [-10, -5])
        assert opening_of([replace(first, balance=None), second]) == 100
