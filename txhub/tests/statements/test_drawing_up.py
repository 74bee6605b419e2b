from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import Money
from txhub.domain.entities import Merchant
from txhub.statements.documents import from_json, to_json
from txhub.statements.domain.balances import BalancesContradict
from txhub.statements.domain.drawing_up import draw_up, restated
from txhub.statements.domain.statement import Statement, StatementKind
from txhub.tests.statements.samples import MAY, a_transaction, an_account, day_in


def pounds(minor: int) -> Money:
    return Money(minor, "GBP")


def totals(statement: Statement) -> tuple[int, int]:
    sums = statement.sums[0]
    return sums.money_in.minor, sums.money_out.minor


class TestAStatement:
    def test_opens_with_the_closing_of_the_one_before(self) -> None:
        transactions = [a_transaction(day_in(MAY, 1), -10, 90)]
        statement = draw_up(an_account(), MAY, transactions, {"GBP": pounds(100)})
        assert statement.kind is StatementKind.STATEMENT
        assert (statement.sums[0].opening, statement.sums[0].closing) == (pounds(100), pounds(90))
        assert statement.closings == {"GBP": pounds(90)}

    def test_is_not_drawn_up_where_the_core_contradicts(self) -> None:
        transactions = [a_transaction(day_in(MAY, 1), -10, 95)]
        with pytest.raises(BalancesContradict):
            draw_up(an_account(), MAY, transactions, {"GBP": pounds(100)})
        statement = draw_up(an_account(), MAY, transactions, {"GBP": pounds(100)}, checked=False)
        assert statement.sums[0].closing == pounds(90)

    def test_claims_no_balance_where_the_core_supplies_none(self) -> None:
        statement = draw_up(an_account(), MAY, [a_transaction(day_in(MAY, 1), -10)], {})
        assert statement.kind is StatementKind.ACTIVITY_SUMMARY
        assert {statement.sums[0].opening, statement.sums[0].closing} == {None}
        assert statement.lines[0].balance is None
        assert totals(statement) == (0, -10)

    def test_carries_the_balance_over_a_month_without_transactions(self) -> None:
        statement = draw_up(an_account(), MAY, [], {"GBP": pounds(-7)})
        sums = statement.sums[0]
        assert (sums.opening, sums.closing, sums.count) == (pounds(-7), pounds(-7), 0)
        assert statement.lines == ()

    def test_sums_refunds_as_money_in(self) -> None:
        refunds = [a_transaction(day_in(MAY, n), 250, 250 * (n + 1)) for n in range(3)]
        statement = draw_up(an_account(), MAY, refunds, {})
        assert totals(statement) == (750, 0)
        assert statement.sums[0].opening == pounds(0)

    def test_shows_what_is_late_first_and_as_such(self) -> None:
        late = a_transaction(date(2026, 4, 20), -5, 95, value_on=date(2026, 4, 18))
        own = a_transaction(day_in(MAY, 0), -10, 85)
        lines = draw_up(an_account(), MAY, [own, late], {"GBP": pounds(100)}).lines
        assert [(each.late, each.balance) for each in lines] == [
            (True, pounds(95)),
            (False, pounds(85)),
        ]
        assert lines[0].value_on == date(2026, 4, 18)

    def test_keeps_currencies_apart(self) -> None:
        transactions = [
            a_transaction(day_in(MAY, 1), -10, 90),
            a_transaction(day_in(MAY, 2), -700, currency="JPY"),
            a_transaction(day_in(MAY, 3), -1_500, 8_500, currency="KWD"),
        ]
        statement = draw_up(an_account(), MAY, transactions, {})
        by_currency = {each.currency: each for each in statement.sums}
        assert list(by_currency) == ["GBP", "JPY", "KWD"]
        assert by_currency["JPY"].closing is None
        assert by_currency["KWD"].closing == Money(8_500, "KWD")
        assert statement.closings.keys() == {"GBP", "KWD"}

    def test_sums_by_category_the_largest_first(self) -> None:
        transactions = [
            a_transaction(day_in(MAY, 1), -10, merchant=Merchant(category="Groceries")),
            a_transaction(day_in(MAY, 2), -30, merchant=Merchant(category="Transport")),
            a_transaction(day_in(MAY, 3), -15, merchant=Merchant(category="Groceries")),
            a_transaction(day_in(MAY, 4), 4, merchant=Merchant()),
        ]
        categories = draw_up(an_account(), MAY, transactions, {}).sums[0].categories
        assert [(each.category, each.count) for each in categories] == [
            ("Transport", 1),
            ("Groceries", 2),
            (None, 1),
        ]
        assert categories[1].money_out == pounds(-25)

    @given(st.lists(st.tuples(st.integers(0, 30), st.integers(-999, 999)), max_size=20))
    def test_adds_up(self, booked: list[tuple[int, int]]) -> None:
        transactions = [a_transaction(day_in(MAY, day), minor) for day, minor in booked]
        sums = draw_up(an_account(), MAY, transactions, {"GBP": pounds(50)}).sums[0]
        assert sums.opening
        assert sums.closing
        assert sums.opening + sums.money_in + sums.money_out == sums.closing
        assert sums.closing.minor == 50 + sum(minor for _day, minor in booked)
        assert sum(each.money_in.minor for each in sums.categories) == sums.money_in.minor
        assert sum(each.count for each in sums.categories) == len(booked) == sums.count


class TestARestatedStatement:
    def test_opens_anew_and_loses_what_was_taken(self) -> None:
        taken, kept = a_transaction(date(2026, 4, 30), -5), a_transaction(day_in(MAY, 2), -10)
        old = draw_up(an_account(), MAY, [taken, kept], {"GBP": pounds(100)})
        anew = restated(old, version=2, without={taken.transaction_id}, before={"GBP": pounds(95)})
        assert [each.transaction_id for each in anew.lines] == [kept.transaction_id]
        assert (anew.sums[0].opening, anew.sums[0].closing) == (pounds(95), pounds(85))
        assert anew.sums[0].closing == old.sums[0].closing
        assert anew.version == 2

    def test_claims_no_balance_that_it_did_not(self) -> None:
        old = draw_up(an_account(), MAY, [a_transaction(day_in(MAY, 2), -10)], {})
        anew = restated(old, version=2, without=set(), before={"GBP": pounds(95)})
        assert anew.kind is StatementKind.ACTIVITY_SUMMARY


class TestTheDocument:
    def test_reads_back_as_the_same_statement(self) -> None:
        transactions = [
            a_transaction(date(2026, 4, 20), -5, 95, value_on=None),
            a_transaction(day_in(MAY, 1), 10, 105, original_amount=Money(12, "EUR")),
            a_transaction(day_in(MAY, 2), -1_500, currency="KWD", merchant=Merchant()),
        ]
        statement = draw_up(an_account(), MAY, transactions, {}, version=3)
        assert from_json(to_json(statement)) == statement
        assert to_json(from_json(to_json(statement))) == to_json(statement)
