"""The list of transactions, over the real engine: paging, filters, and the pieces for htmx."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from txhub.domain.entities import AccountId
from txhub.domain.entries import SourcedEntry, Status
from txhub.services import store_entries
from txhub.tests.people import an_entry, days_back
from txhub.tests.web.visitors import (
    account_of,
    htmx,
    ids_in,
    more_link,
    new_person,
    purchases,
    text_of,
)
from txhub.web import listing

FIRST_OF_JUNE = date(2026, 6, 1)


class TestTransactionsPage:
    def test_belongs_to_its_owners_alone(self, browser: Client) -> None:
        somebody_elses = account_of(new_person("Charlie"))
        refused = browser.get(f"/accounts/{somebody_elses}/")
        missing = browser.get(f"/accounts/{somebody_elses[:-4]}aaaa/")
        assert refused.status_code == missing.status_code == 404
        assert text_of(refused) == text_of(missing)

    def test_sends_strangers_to_sign_in_and_back(self, account: AccountId) -> None:
        response = Client().get(f"/accounts/{account}/?q=tea")
        assert response.status_code == 302
        assert response["Location"].startswith("/sign-in/?next=%2Faccounts")

    def test_says_where_there_is_nothing_yet(self, browser: Client, account: AccountId) -> None:
        assert "No transactions yet" in text_of(browser.get(f"/accounts/{account}/"))

    def test_puts_pending_on_top(self, browser: Client, account: AccountId) -> None:
        pending = an_entry(
            account, "p", FIRST_OF_JUNE, status=Status.PENDING, posted_on=None, merchant="Waiting"
        )
        posted = an_entry(account, "b", FIRST_OF_JUNE + timedelta(days=9), merchant="Booked")
        store_entries([posted, pending])
        shown = text_of(browser.get(f"/accounts/{account}/"))
        assert shown.index("Waiting") < shown.index("June 2026") < shown.index("Booked")

    def test_names_days_as_people_do(self, browser: Client, account: AccountId) -> None:
        today = timezone.localdate()
        store_entries(purchases(account, [today, today - timedelta(days=1)]))
        shown = text_of(browser.get(f"/accounts/{account}/"))
        assert "Today" in shown
        assert "Yesterday" in shown

    def test_escapes_what_a_feed_says(self, browser: Client, account: AccountId) -> None:
        store_entries([an_entry(account, "x", FIRST_OF_JUNE, merchant="<script>alert(1)</script>")])
        page = browser.get(f"/accounts/{account}/").content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page

    def test_pages_through_everything_once(self, browser: Client, account: AccountId) -> None:
        stored = purchases(account, days_back(70))
        store_entries(stored)
        page = browser.get(f"/accounts/{account}/")
        seen = ids_in(page)
        assert len(seen) == listing.ROWS_A_PAGE
        while "Show more" in text_of(page):
            page = browser.get(f"/accounts/{account}/{more_link(page)}")
            seen += ids_in(page)
        assert seen == [each.transaction_id for each in stored]
        assert "Back to the newest" in text_of(page)

    def test_keeps_its_place_while_new_ones_arrive(
        self, browser: Client, account: AccountId
    ) -> None:
        stored = purchases(account, days_back(60))
        store_entries(stored)
        link = more_link(browser.get(f"/accounts/{account}/"))
        store_entries([an_entry(account, "late", date(2026, 7, 1))])
        second = ids_in(browser.get(f"/accounts/{account}/{link}"))
        assert second == [each.transaction_id for each in stored[30:60]]

    def test_shows_again_all_that_was_asked_for(self, browser: Client, account: AccountId) -> None:
        store_entries(purchases(account, days_back(70)))
        assert len(ids_in(browser.get(f"/accounts/{account}/?rows=60"))) == 60

    def test_refuses_a_cursor_of_another_list(self, browser: Client, account: AccountId) -> None:
        store_entries(purchases(account, days_back(40)))
        link = more_link(browser.get(f"/accounts/{account}/"))
        response = browser.get(f"/accounts/{account}/{link}&q=coffee")
        assert response.status_code == 422


class TestFilters:
    @pytest.fixture
    def stored(self, account: AccountId) -> list[SourcedEntry]:
        june = FIRST_OF_JUNE
        entries = [
            an_entry(account, "tea", june, -300, merchant="Tea Room", category="Eating out"),
            an_entry(account, "fuel", june - timedelta(days=5), -5000, merchant="Shell",
                     category="Fuel", description="SHELL 12"),
            an_entry(account, "wait", june, -700, merchant="Pending Tea", status=Status.PENDING,
                     posted_on=None),
        ]  # fmt: skip
        store_entries(entries)
        return entries

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"q": "TEA"}, {"wait", "tea"}),
            ({"status": "pending"}, {"wait"}),
            ({"status": "posted"}, {"tea", "fuel"}),
            ({"category": "fuel"}, {"fuel"}),
            ({"min_amount": "5", "max_amount": "20"}, {"wait"}),
            ({"from": "2026-06-01"}, {"tea", "wait"}),
            ({"to": "2026-05-31"}, {"fuel"}),
            ({"q": "tea", "max_amount": "3.00"}, {"tea"}),
        ],
    )
    def test_narrow_the_list(
        self,
        browser: Client,
        account: AccountId,
        stored: list[SourcedEntry],
        query: dict[str, str],
        expected: set[str],
    ) -> None:
        named = {each.transaction_id: each.entry.source_id for each in stored}
        found = ids_in(browser.get(f"/accounts/{account}/", query))
        assert {named[each] for each in found} == expected

    def test_say_when_nothing_matches(
        self, browser: Client, account: AccountId, stored: list[SourcedEntry]
    ) -> None:
        shown = text_of(browser.get(f"/accounts/{account}/?q=unicorn"))
        assert "No transaction matches" in shown
        assert "“unicorn”" in shown

    def test_stay_in_the_form(self, browser: Client, account: AccountId) -> None:
        page = browser.get(f"/accounts/{account}/?q=tea&from=2026-06-01").content.decode()
        assert 'value="tea"' in page
        assert 'value="2026-06-01"' in page

    def test_are_corrected_politely(
        self, browser: Client, account: AccountId, stored: list[SourcedEntry]
    ) -> None:
        response = browser.get(f"/accounts/{account}/?min_amount=lots")
        assert response.status_code == 422
        assert "Write an amount in GBP" in text_of(response)
        assert 'aria-describedby="id_min_amount_error"' in response.content.decode()
        assert ids_in(response) == []

    def test_look_further_back_when_asked(self, browser: Client, account: AccountId) -> None:
        oldest = date(2023, 1, 1)
        many = [day for day in days_back(350) for _ in range(3)]
        store_entries(purchases(account, many))
        store_entries([an_entry(account, "old", oldest, merchant="Unicorn Rides")])
        page = browser.get(f"/accounts/{account}/?q=unicorn&status=posted")
        assert "Nothing found yet" in text_of(page)
        assert "Search further back" in text_of(page)
        further = browser.get(f"/accounts/{account}/{more_link(page)}")
        assert "Unicorn Rides" in text_of(further)


class TestHtmx:
    def test_gets_the_list_alone(self, browser: Client, account: AccountId) -> None:
        store_entries(purchases(account, days_back(3)))
        response = browser.get(f"/accounts/{account}/?q=coffee", headers=htmx("results"))
        page = response.content.decode()
        assert "<html" not in page
        assert 'hx-swap-oob="innerHTML">3 transactions found<' in page
        assert len(ids_in(response)) == 3

    def test_appends_without_repeating_the_month(self, browser: Client, account: AccountId) -> None:
        stored = purchases(account, days_back(40))  # 30 June to 22 May
        store_entries(stored)
        path = f"/accounts/{account}/"
        link = more_link(browser.get(path))
        response = browser.get(f"{path}{link}&after=2026-06", headers=htmx("ledger", path))
        page = response.content.decode()
        assert page.lstrip().startswith("<tbody")
        assert "June 2026" not in page
        assert "May 2026" in page
        assert len(re.findall("autofocus", page)) == 1
        assert len(ids_in(response)) == 10
        assert response["HX-Replace-Url"] == f"{path}?rows=60"

    def test_learns_what_to_correct(self, browser: Client, account: AccountId) -> None:
        response = browser.get(f"/accounts/{account}/?to=never", headers=htmx("results"))
        assert response.status_code == 422
        assert 'role="alert"' in response.content.decode()
