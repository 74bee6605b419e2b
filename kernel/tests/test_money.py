"""Amounts are read exactly or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Refused
from kernel.money import AmountFormat, BadAmount, Money, UnknownCurrency, minor_digits

PLAIN = AmountFormat()


class TestParseMinor:
    @pytest.mark.parametrize(
        ("text", "currency", "minor"),
        [
            ("12.34", "GBP", 1234),
            ("-12.3", "GBP", -1230),
            ("+7", "GBP", 700),
            ("146.000", "GBP", 14600),
            ("12", "JPY", 12),
            ("1.234", "KWD", 1234),
            ("0", "GBP", 0),
            ("-0.00", "GBP", 0),
            ("0000000000000000000012", "JPY", 12),
        ],
    )
    def test_reads_what_the_currency_has(self, text: str, currency: str, minor: int) -> None:
        assert PLAIN.parse_minor(text, currency) == minor

    @pytest.mark.parametrize(
        "text",
        [
            "1.234,56",
            "(12.00)",
            "1e5",
            "NaN",
            "inf",
            "9" * 19,
            "12.345",
            "",
            "-",
            ".5",
            "5.",
            "\uff11",
        ],
    )
    def test_refuses_everything_else(self, text: str) -> None:
        with pytest.raises(BadAmount):
            PLAIN.parse_minor(text, "GBP")

    def test_reads_other_marks_where_they_are_declared(self) -> None:
        continental = AmountFormat(decimal=",", grouping=".")
        assert continental.parse_minor("1.234,56", "EUR") == 123456
        with pytest.raises(BadAmount):
            continental.parse_minor("12.34,56", "EUR")

    @given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(["JPY", "GBP", "KWD"]))
    def test_reads_back_what_was_written(self, minor: int, currency: str) -> None:
        text = Money(minor, currency).decimal_text()
        assert PLAIN.parse_minor(text, currency) == minor
        assert Decimal(text) == Decimal(minor).scaleb(-minor_digits(currency))

    @given(st.text(max_size=30))
    def test_answers_any_text_with_a_number_or_a_refusal(self, text: str) -> None:
        try:
            minor = PLAIN.parse_minor(text, "GBP")
        except Refused:
            return
        assert Decimal(text.strip()) == Decimal(minor).scaleb(-2)


class TestCurrencies:
    def test_have_their_own_number_of_decimals(self) -> None:
        assert [minor_digits(code) for code in ("JPY", "GBP", "KWD")] == [0, 2, 3]

    @pytest.mark.parametrize("code", ["", "gbp", "XXQ", "XAU", "GB"])
    def test_that_do_not_exist_are_refused(self, code: str) -> None:
        with pytest.raises(UnknownCurrency):
            minor_digits(code)

    def test_do_not_add_up(self) -> None:
        with pytest.raises(BadAmount):
            Money(1, "GBP") + Money(1, "EUR")
