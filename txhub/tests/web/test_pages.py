"""Customers' pages, over the real engine: what they show, to whom, and with which headers."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from aws import sessions
from txhub.domain.entities import AccountId
from txhub.domain.entries import Action, Kind, SourcedEntry, Status
from txhub.services import store_entries
from txhub.tests.people import an_entry, days_back
from txhub.tests.web.visitors import Person, account_of, new_person, purchases, signed_in
from txhub.web import listing

FIRST_OF_JUNE = date(2026, 6, 1)


@pytest.fixture(scope="module")
def alice() -> Person:
    return new_person("Alice")


@pytest.fixture(scope="module")
def browser(alice: Person) -> Client:
    return signed_in(alice)


@pytest.fixture
def account(alice: Person) -> AccountId:
    return account_of(alice)


@pytest.fixture
def dead_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    sessions.reset_clients()
    yield
    monkeypatch.undo()
    sessions.reset_clients()


def text_of(response: Any) -> str:
    """What a reader sees, in one line."""
    without_tags = re.sub(r"<[^>]+>", "", response.content.decode())
    return " ".join(without_tags.split())


def ids_in(response: Any) -> list[str]:
    return re.findall(r'href="transactions/(txn_\w+)/"', response.content.decode())


def htmx(target: str, page: str = "/") -> dict[str, str]:
    return {
        "HX-Request": "true",
        "HX-Target": target,
        "HX-Current-URL": f"http://testserver{page}",
    }


def more_link(response: Any) -> str:
    found = re.search(r'class="button second" href="([^"]+)"', response.content.decode())
    assert found, "there is no link to more"
    return found[1].replace("&amp;", "&")


class TestHome:
    def test_asks_strangers_to_sign_in(self) -> None:
        response = Client().get("/")
        assert response.status_code == 200
        assert "Sign in" in text_of(response)

    def test_tells_customers_without_accounts_so(self) -> None:
        response = signed_in(new_person("Newcomer")).get("/")
        assert "No accounts yet" in text_of(response)

    def test_shows_own_accounts_with_balances(self) -> None:
        bob = new_person("Bob")
        mine = account_of(bob, name="Rainy day", type="savings")
        account_of(new_person("Charlie"), name="Not his")
        store_entries([an_entry(mine, "a", FIRST_OF_JUNE, balance_minor=123456)])
        shown = text_of(signed_in(bob).get("/"))
        assert "Rainy day" in shown
        assert "£1,234.56" in shown
        assert "Not his" not in shown

    def test_finds_among_many_accounts(self) -> None:
        rich = new_person("Rich")
        for number in range(13):
            account_of(rich, name=f"Pot {number}")
        client = signed_in(rich)
        assert "Pot 3" in text_of(client.get("/"))
        found = text_of(client.get("/", {"find": "pot 12"}))
        assert "Pot 12" in found
        assert "Pot 3" not in found
        assert "No account matches" in text_of(client.get("/", {"find": "xyz"}))


class TestHeaders:
    @pytest.mark.parametrize("page", ["/", "/accounts/{}/", "/accounts/acc_none/"])
    def test_keep_pages_out_of_every_cache(
        self, browser: Client, account: AccountId, page: str
    ) -> None:
        response = browser.get(page.format(account))
        assert "no-store" in response["Cache-Control"]

    def test_allow_nothing_inline(self, browser: Client, account: AccountId) -> None:
        response = browser.get(f"/accounts/{account}/")
        assert "unsafe" not in response["Content-Security-Policy"]
        page = response.content.decode()
        assert " style=" not in page
        assert not re.search(r"<script(?![^>]* src=)|\son\w+=", page)

    def test_refuse_to_change_anything(self, browser: Client, account: AccountId) -> None:
        assert browser.post(f"/accounts/{account}/").status_code == 405


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


class TestOneTransaction:
    def test_shows_all_facts(self, browser: Client, account: AccountId) -> None:
        entry = an_entry(
            account, "abroad", FIRST_OF_JUNE, -1250, original_minor=-1500, original_currency="EUR",
            authorised_minor=-1300, auth_code="A0183Z", mcc="5814", country="DE",
            value_on=date(2026, 6, 3), balance_minor=987654,
        )  # fmt: skip
        store_entries([entry])
        page = browser.get(f"/accounts/{account}/transactions/{entry.transaction_id}/")
        shown = text_of(page)
        for fact in (
            "Corner Coffee", "\u2212£12.50", "Posted", "\u2212€15.00", "\u2212£13.00", "A0183Z",
            "5814", "DE",
            "£9,876.54", "Monday 1 June 2026", "13:00:00", "Wednesday 3 June 2026",
            "eating out", "CORNER COFFEE 12 LEEDS", entry.transaction_id,
        ):  # fmt: skip
            assert fact in shown, fact

    def test_links_a_reversal_both_ways(self, browser: Client, account: AccountId) -> None:
        bought = an_entry(account, "bought", FIRST_OF_JUNE)
        store_entries([bought])
        back = an_entry(
            account, "back", FIRST_OF_JUNE, 1250, action=Action.REVERSE, kind=Kind.REVERSAL,
            reversal_of="bought",
        )  # fmt: skip
        back = type(back)(
            entry=back.entry, account_id=account, transaction_id=back.transaction_id,
            source=back.source, feed=back.feed, reversed_id=bought.transaction_id,
        )  # fmt: skip
        store_entries([back])
        path = f"/accounts/{account}/transactions/"
        of_back = browser.get(f"{path}{back.transaction_id}/")
        of_bought = browser.get(f"{path}{bought.transaction_id}/")
        assert "Reverses" in text_of(of_back)
        assert f"{path}{bought.transaction_id}/" in of_back.content.decode()
        assert "Reversed by" in text_of(of_bought)
        assert f"{path}{back.transaction_id}/" in of_bought.content.decode()

    @pytest.mark.parametrize("reference", ["txn_none", "txn_" + "a" * 26, "%20"])
    def test_is_missing_where_there_is_none(
        self, browser: Client, account: AccountId, reference: str
    ) -> None:
        response = browser.get(f"/accounts/{account}/transactions/{reference}/")
        assert response.status_code == 404

    def test_belongs_to_its_account_alone(self, browser: Client, alice: Person) -> None:
        one, other = account_of(alice), account_of(alice)
        entry = an_entry(one, "a", FIRST_OF_JUNE)
        store_entries([entry])
        response = browser.get(f"/accounts/{other}/transactions/{entry.transaction_id}/")
        assert response.status_code == 404


class TestUnavailable:
    def test_is_a_page_that_says_when_to_come_back(
        self, browser: Client, account: AccountId, dead_engine: None
    ) -> None:
        response = browser.get(f"/accounts/{account}/")
        assert response.status_code == 503
        assert int(response["Retry-After"]) >= 1
        assert "Not available at the moment" in text_of(response)
