"""What customers type into the filters."""

from datetime import date

import pytest

from txhub.domain.entries import Status
from txhub.domain.filters import TransactionFilter
from txhub.web.forms import FilterForm


def typed(currency: str = "GBP", **fields: str) -> FilterForm:
    form = FilterForm(fields, currency=currency)
    form.is_valid()
    return form


class TestFilterForm:
    def test_asks_for_everything_where_nothing_is_typed(self) -> None:
        assert typed().as_filter() == TransactionFilter()

    def test_knows_every_filter(self) -> None:
        fields = {
            "q": " coffee ",
            "status": "posted",
            "category": "Eating out",
            "min_amount": "1,250.50",
            "max_amount": "2000",
            "from": "2026-01-01",
            "to": "2026-01-31",
        }
        assert typed(**fields).as_filter() == TransactionFilter(
            q="coffee",
            status=Status.POSTED,
            category="Eating out",
            min_amount=125050,
            max_amount=200000,
            from_day=date(2026, 1, 1),
            to_day=date(2026, 1, 31),
        )

    @pytest.mark.parametrize(
        ("currency", "text", "minor"),
        [("JPY", "1,250", 1250), ("KWD", "1.5", 1500), ("GBP", "-5", 500), ("GBP", "0", 0)],
    )
    def test_reads_amounts_in_the_account_s_currency(
        self, currency: str, text: str, minor: int
    ) -> None:
        assert typed(currency, min_amount=text).as_filter().min_amount == minor

    @pytest.mark.parametrize("text", ["abc", "12.345", "1e5", "(12)", "1.234,56", "£5", "9" * 20])
    def test_says_how_to_write_an_amount(self, text: str) -> None:
        form = typed(max_amount=text)
        assert form.errors == {"max_amount": ["Write an amount in GBP, such as 1,250.50."]}

    def test_says_so_without_decimals_where_there_are_none(self) -> None:
        assert typed("JPY", min_amount="1.5").errors["min_amount"] == [
            "Write an amount in JPY, such as 1,250."
        ]

    @pytest.mark.parametrize("text", ["2026-02-30", "31/01/2026", "yesterday"])
    def test_says_how_to_write_a_day(self, text: str) -> None:
        assert typed(**{"from": text}).errors.keys() == {"from"}

    def test_refuses_ranges_that_end_before_they_begin(self) -> None:
        backwards = {"from": "2026-02-01", "to": "2026-01-31", "min_amount": "5", "max_amount": "4"}
        assert typed(**backwards).errors.keys() == {"to", "max_amount"}

    def test_refuses_a_status_that_does_not_exist(self) -> None:
        assert typed(status="lost").errors.keys() == {"status"}

    def test_keeps_browsers_from_filling_it_in(self) -> None:
        assert str(typed()["from"]).count('autocomplete="off"') == 1
