"""Customers' pages, over the real engine: what they show, to whom, and with which headers."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from txhub.domain.entities import AccountId
from txhub.domain.entries import Action, Kind, Status
from txhub.services import store_entries
from txhub.tests.people import an_entry
from txhub.tests.web.visitors import (
    Person,
    account_of,
    new_person,
    signed_in,
    text_of,
)

FIRST_OF_JUNE = date(2026, 6, 1)


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

    def test_says_that_it_was_the_last_part(self, browser: Client, account: AccountId) -> None:
        facts: dict[str, Any] = {"auth_code": "A1B2C3", "mcc": "5942", "kind": Kind.CARD}
        pending: dict[str, Any] = {"status": Status.PENDING, "posted_on": None}
        order = an_entry(account, "order", FIRST_OF_JUNE, -9000, **pending, **facts)
        first, last = (
            an_entry(account, f"part{final}", FIRST_OF_JUNE, -2000 - final, final=final, **facts)
            for final in (False, True)
        )
        store_entries([order])
        path = f"/accounts/{account}/transactions/"
        store_entries([first])
        assert "what is left of" in text_of(browser.get(f"{path}{order.transaction_id}/"))
        assert "the last part" not in text_of(browser.get(f"{path}{first.transaction_id}/"))
        store_entries([last])
        shown = text_of(browser.get(f"{path}{order.transaction_id}/"))
        assert "It was the last part: the rest is no longer held." in shown
        assert "Not booked yet" not in shown

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
