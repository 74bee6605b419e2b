"""How pages write money, days and account numbers."""

from datetime import UTC, date, datetime

import pytest

from kernel.money import Money
from txhub.templatetags import hub

MONDAY = date(2026, 11, 23)


class TestMoney:
    @pytest.mark.parametrize(
        ("amount", "written"),
        [
            (Money(-123456789, "GBP"), "\u2212£1,234,567.89"),
            (Money(5, "GBP"), "£0.05"),
            (Money(0, "EUR"), "€0.00"),
            (Money(-1234, "JPY"), "\u2212¥1,234"),
            (Money(1500, "KWD"), "KWD\u00a01.500"),
            (Money(100, "USD"), "US$1.00"),
            (Money(-700000, "CZK"), "\u2212CZK\u00a07,000.00"),
        ],
    )
    def test_is_grouped_with_the_decimals_of_its_currency(
        self, amount: Money, written: str
    ) -> None:
        assert hub.plain_money(amount) == written

    def test_has_a_plus_and_a_shape_where_it_came_in(self) -> None:
        assert hub.money(Money(2499, "GBP")) == (
            '<span class="in">+<span class="cur">£</span>24.99</span>'
        )

    def test_has_a_real_minus_where_it_went_out(self) -> None:
        assert hub.money(Money(-2499, "GBP")) == '\u2212<span class="cur">£</span>24.99'

    def test_has_no_plus_where_it_only_stands(self) -> None:
        assert hub.balance(Money(2499, "GBP")) == '<span class="cur">£</span>24.99'


class TestDay:
    @pytest.mark.parametrize(
        ("when", "written"),
        [
            (MONDAY, "Today"),
            (date(2026, 11, 22), "Yesterday"),
            (date(2026, 11, 21), "Sat 21 Nov"),
            (date(2026, 11, 24), "Tue 24 Nov"),
            (date(2025, 12, 31), "Wed 31 Dec 2025"),
        ],
    )
    def test_is_what_a_person_would_say(self, when: date, written: str) -> None:
        assert hub.day_text(when, MONDAY) == written

    def test_names_the_year_of_yesterday_not(self) -> None:
        assert hub.day_text(date(2025, 12, 31), date(2026, 1, 1)) == "Yesterday"

    def test_carries_a_date_for_machines(self) -> None:
        assert hub.full_day(MONDAY) == (
            '<time datetime="2026-11-23">Monday 23 November 2026</time>'
        )


class TestMoment:
    def test_is_in_the_bank_s_time_zone(self) -> None:
        in_summer = datetime(2026, 7, 1, 23, 30, 5, tzinfo=UTC)
        assert ">00:30:05<" in hub.moment(in_summer)


class TestMasked:
    def test_shows_the_last_four_and_is_read_aloud(self) -> None:
        written = hub.masked("40271655")
        assert "1655" in written
        assert "4027" not in written
        assert '<span class="unseen">ending</span>' in written

    def test_lets_no_markup_through(self) -> None:
        assert "<b>" not in hub.masked("1<b>")
