"""The API as a client sees it. Alice owns, Bob shares, Charlie must be refused."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from identity.tests.people import Person, new_person
from txhub.domain.entities import AccountId, CustomerId
from txhub.domain.entries import Status
from txhub.services import known_accounts, store_entries
from txhub.services.summaries import rebuild_account
from txhub.tests.people import an_entry, days_back, new_account


class Caller:
    """A client with a token of its own."""

    def __init__(self, person: Person) -> None:
        body = {"email": person.email, "password": person.password}
        answer = Client().post("/api/v1/token", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def get(self, path: str, **parameters: Any) -> Any:
        return Client().get(f"/api/v1/{path}", parameters, headers=self.headers)

    def follow(self, url: str) -> Any:
        return Client().get(url, headers=self.headers)


@pytest.fixture(scope="module")
def alice() -> Person:
    return new_person("Alice")


@pytest.fixture(scope="module")
def bob() -> Person:
    return new_person("Bob")


@pytest.fixture(scope="module")
def charlie() -> Person:
    return new_person("Charlie")


@pytest.fixture(scope="module")
def shared(alice: Person, bob: Person) -> AccountId:
    """An account of Alice's and Bob's with 25 transactions, one of them pending."""
    account = new_account(CustomerId(alice.customer_id), CustomerId(bob.customer_id))
    elsewhere = {"merchant": "Book Barn", "description": "BOOK BARN YORK", "posted_on": None}
    store_entries(
        [an_entry(account, str(n), day, -100 * n - 1) for n, day in enumerate(days_back(24))]
        + [an_entry(account, "p", date(2026, 6, 30), -500, status=Status.PENDING, **elsewhere)]
    )
    return account


class TestAccounts:
    def test_are_shown_to_all_their_owners(
        self, alice: Person, bob: Person, shared: AccountId
    ) -> None:
        for owner in (alice, bob):
            data = Caller(owner).get("accounts").json()["data"]
            assert [each["id"] for each in data] == [shared]

    def test_show_only_the_last_four_of_their_number(
        self, alice: Person, shared: AccountId
    ) -> None:
        account = Caller(alice).get(f"accounts/{shared}").json()
        assert account["masked_number"].startswith("•••• ")
        assert account["balances"] == {"booked": None, "available": None}

    def test_of_others_are_like_those_that_do_not_exist(
        self, charlie: Person, shared: AccountId
    ) -> None:
        caller = Caller(charlie)
        assert caller.get("accounts").json()["data"] == []
        answers = [
            caller.get(f"accounts/{account}{rest}")
            for account in (shared, "acc_" + "a" * 26, "nonsense")
            for rest in ("", "/transactions", "/transactions/txn_" + "a" * 26)
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert answers[0]["Content-Type"] == "application/problem+json"

    def test_are_for_callers_with_a_token_only(self, shared: AccountId) -> None:
        answer = Client().get(f"/api/v1/accounts/{shared}")
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")


class TestTransactions:
    def test_come_page_by_page_each_once(self, alice: Person, shared: AccountId) -> None:
        caller = Caller(alice)
        answer = caller.get(f"accounts/{shared}/transactions", limit=10)
        seen: list[dict[str, Any]] = []
        while True:
            body = answer.json()
            assert len(body["data"]) <= 10
            seen += body["data"]
            if body["links"]["next"] is None:
                break
            answer = caller.follow(body["links"]["next"])
        assert len({each["id"] for each in seen}) == len(seen) == 25
        assert seen[0]["status"] == "pending"
        days = [each["posted_on"] for each in seen[1:]]
        assert days == sorted(days, reverse=True)

    def test_look_as_documented(self, alice: Person, shared: AccountId) -> None:
        caller = Caller(alice)
        (each,) = caller.get(f"accounts/{shared}/transactions", limit=1, status="posted").json()[
            "data"
        ]
        assert each == {
            "id": each["id"],
            "account_id": shared,
            "status": "posted",
            "kind": "payment",
            "amount": {"minor": -1, "currency": "GBP"},
            "original_amount": None,
            "authorised_amount": None,
            "description": "CORNER COFFEE 12 LEEDS",
            "merchant": {"name": "Corner Coffee", "category": "eating out", "country": None},
            "occurred_on": "2026-06-30",
            "occurred_at": "2026-06-30T12:00:00Z",
            "posted_on": "2026-06-30",
            "value_on": None,
            "balance": None,
            "reversal_of": None,
            "links": [],
        }
        assert caller.get(f"accounts/{shared}/transactions/{each['id']}").json() == each

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"from": "2026-06-29", "to": "2026-06-30"}, 3),
            ({"status": "pending"}, 1),
            ({"min_amount": 2201}, 2),
            ({"max_amount": 101}, 2),
            ({"q": "corner COFFEE"}, 24),
            ({"q": "no such thing"}, 0),
            ({"category": "Eating Out", "limit": 200}, 25),
        ],
    )
    def test_are_narrowed_by_filters(
        self, alice: Person, shared: AccountId, asked: dict[str, Any], found: int
    ) -> None:
        body = Caller(alice).get(f"accounts/{shared}/transactions", **asked).json()
        assert len(body["data"]) == found

    @pytest.mark.parametrize(
        "asked",
        [
            {"from": "yesterday"},
            {"from": "2026-06-30", "to": "2026-06-01"},
            {"limit": 0},
            {"limit": 201},
            {"status": "maybe"},
            {"min_amount": "12.50"},
            {"min_amount": 5, "max_amount": 4},
            {"cursor": "made-up"},
        ],
    )
    def test_say_what_is_wrong_with_a_question(
        self, alice: Person, shared: AccountId, asked: dict[str, Any]
    ) -> None:
        answer = Caller(alice).get(f"accounts/{shared}/transactions", **asked)
        assert answer.status_code == 422
        problem = json.loads(answer.content)
        assert set(problem) >= {"type", "title", "status", "detail", "code"}

    def test_refuse_the_cursor_of_another_list(self, alice: Person, shared: AccountId) -> None:
        caller = Caller(alice)
        body = caller.get(f"accounts/{shared}/transactions", limit=5).json()
        other = body["links"]["next"].replace("limit=5", "limit=5&q=coffee")
        assert caller.follow(other).status_code == 422

    def test_are_not_sent_again_to_who_has_them(self, alice: Person, shared: AccountId) -> None:
        caller = Caller(alice)
        first = caller.get(f"accounts/{shared}/transactions")
        assert "private" in first["Cache-Control"]
        caller.headers["If-None-Match"] = first["ETag"]
        again = caller.get(f"accounts/{shared}/transactions")
        assert (again.status_code, again.content) == (304, b"")
        assert caller.get(f"accounts/{shared}/transactions", limit=1).status_code == 200


class TestTheSchema:
    def test_names_every_call(self) -> None:
        answer = Client().get("/api/schema/?format=json")
        assert set(answer.json()["paths"]) >= {
            "/api/v1/token",
            "/api/v1/accounts",
            "/api/v1/accounts/{account_id}",
            "/api/v1/accounts/{account_id}/transactions",
            "/api/v1/accounts/{account_id}/transactions/{transaction_id}",
        }


class TestSpending:
    def test_is_by_month_and_category(self, alice: Person, shared: AccountId) -> None:
        for account in known_accounts([shared]).values():
            rebuild_account(account)
        answer = Caller(alice).get(f"accounts/{shared}/spending", months=3).json()
        assert [each["month"] for each in answer["data"]][-1] == "2026-06"
        (eating_out,) = answer["data"][-1]["categories"]
        assert eating_out["category"] == "eating out"
        assert eating_out["spent"] == {
            "minor": sum(100 * n + 1 for n in range(24)),
            "currency": "GBP",
        }
        assert (eating_out["received"]["minor"], eating_out["count"]) == (0, 24)

    def test_is_not_for_charlie(self, charlie: Person, shared: AccountId) -> None:
        assert Caller(charlie).get(f"accounts/{shared}/spending").status_code == 404

    def test_takes_two_years_at_the_most(self, alice: Person, shared: AccountId) -> None:
        assert Caller(alice).get(f"accounts/{shared}/spending", months=25).status_code == 422
