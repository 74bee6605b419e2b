"""The chart of spending: what it adds up, how it is drawn, and who may see it."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from identity.tests.people import Person, new_person
from txhub.domain.entities import AccountId
from txhub.domain.entries import Kind
from txhub.domain.summaries import Purpose, Spending
from txhub.queries import MonthOfSpending
from txhub.repository import ACCOUNT_REPOSITORY
from txhub.services import store_entries
from txhub.services.summaries import rebuild_account
from txhub.statements.domain.months import Month
from txhub.tests.people import an_entry
from txhub.tests.web.visitors import account_of, signed_in, text_of
from txhub.web.spending import WIDTH, chart_of, rows_of


def month_of(text: str, **spent: int) -> MonthOfSpending:
    """What was spent for each category, in pence."""
    spending = [
        Spending(purpose=Purpose(category=name), currency="GBP", spent=minor, count=1)
        for name, minor in spent.items()
    ]
    return MonthOfSpending(month=Month.named(text), spending=tuple(spending))


class TestChart:
    def test_bars_are_of_one_scale(self) -> None:
        chart = chart_of([month_of("2026-05", Food=100), month_of("2026-06", Food=400)], "GBP")
        assert [[band.width for band in bar.bands] for bar in chart.bars] == [[250], [WIDTH]]

    def test_bands_lie_side_by_side_in_the_order_of_the_legend(self) -> None:
        month = month_of("2026-05", Food=400, Rent=600, Fun=200)
        chart = chart_of([month], "GBP")
        assert [band.name for band in chart.legend] == ["Rent", "Food", "Fun"]
        bands = chart.bars[0].bands
        assert [band.name for band in bands] == ["Rent", "Food", "Fun"]
        assert all(one.begins + one.width == other.begins for one, other in pairwise(bands))

    def test_what_is_left_is_one_band(self) -> None:
        many = {name: 100 - place for place, name in enumerate("abcdefgh")}
        chart = chart_of([month_of("2026-05", **many)], "GBP")
        assert [band.name for band in chart.legend][-1] == "Everything else"
        assert len(chart.legend) == len(chart.bars[0].bands) == 5
        assert chart.bars[0].spent.minor == sum(many.values())

    def test_more_given_back_than_spent_has_no_bar(self) -> None:
        chart = chart_of([month_of("2026-05", Food=-300), month_of("2026-06", Food=900)], "GBP")
        assert (chart.bars[0].bands, chart.bars[0].spent.minor) == ((), -300)

    def test_leaves_other_currencies_out_and_says_so(self) -> None:
        euros = Spending(purpose=Purpose(), currency="EUR", spent=100, count=1)
        month = MonthOfSpending(month=Month(2026, 5), spending=(euros,))
        chart = chart_of([month], "GBP")
        assert (chart.is_empty, chart.others) == (True, ("EUR",))

    def test_of_nothing_is_empty(self) -> None:
        assert chart_of([month_of("2026-05")], "GBP").is_empty

    def test_a_category_leads_to_its_transactions_of_the_month(self) -> None:
        (row,) = rows_of(month_of("2026-02", Food=100), "GBP")
        assert row.query == "category=Food&from=2026-02-01&to=2026-02-28"


@pytest.fixture(scope="module")
def alice() -> Person:
    return new_person("Alice")


@pytest.fixture(scope="module")
def browser(alice: Person) -> Client:
    return signed_in(alice)


def summed_up(account: AccountId, *rows: tuple[date, int, dict[str, Any]]) -> AccountId:
    store_entries(
        [
            an_entry(account, str(n), day, minor, **facts)
            for n, (day, minor, facts) in enumerate(rows)
        ]
    )
    found = ACCOUNT_REPOSITORY.find(account)
    assert found is not None
    rebuild_account(found)
    return account


@pytest.fixture(scope="module")
def account(alice: Person) -> AccountId:
    today = timezone.localdate()
    before = today.replace(day=1).toordinal() - 1
    return summed_up(
        account_of(alice),
        (today, -1250, {}),
        (today, -4000, {"category": None, "kind": Kind.CASH}),
        (date.fromordinal(before), -700, {"category": "Groceries"}),
    )


class TestPages:
    def test_the_account_shows_six_months(self, browser: Client, account: AccountId) -> None:
        response = browser.get(f"/accounts/{account}/")
        assert [bar.spent.minor for bar in response.context["chart"].bars][-2:] == [700, 5250]
        assert len(response.context["chart"].bars) == 6
        assert "£52.50" in text_of(response)

    def test_a_search_does_not(self, browser: Client, account: AccountId) -> None:
        assert b'class="spending"' not in browser.get(f"/accounts/{account}/?q=coffee").content

    def test_the_page_shows_a_months_categories(self, browser: Client, account: AccountId) -> None:
        shown = text_of(browser.get(f"/accounts/{account}/spending/"))
        assert "eating out £12.50" in shown
        assert "Cash £40.00" in shown
        before = browser.get(f"/accounts/{account}/spending/").context["chart"].bars[-2].month
        other = text_of(browser.get(f"/accounts/{account}/spending/?month={before}"))
        assert "Groceries £7.00 Together £7.00" in other

    def test_shows_the_last_months_of_an_account_long_asleep(
        self, browser: Client, alice: Person
    ) -> None:
        old = summed_up(account_of(alice), (date(1998, 11, 4), -500, {}))
        bars = browser.get(f"/accounts/{old}/spending/").context["chart"].bars
        assert (str(bars[-1].month), bars[-1].spent.minor) == ("1998-11", 500)

    def test_of_a_new_account_says_when_it_comes(self, browser: Client, alice: Person) -> None:
        shown = text_of(browser.get(f"/accounts/{account_of(alice)}/spending/"))
        assert "Nothing spent yet" in shown

    def test_charlie_sees_nothing(self, account: AccountId) -> None:
        charlie = signed_in(new_person("Charlie"))
        assert charlie.get(f"/accounts/{account}/spending/").status_code == 404
