"""Statements as an API client sees them. Alice owns, Bob shares, Charlie must be refused."""

from datetime import date

import pytest
from django.test import Client

from identity.tests.people import Person, new_person
from txhub.domain.entities import AccountId, CustomerId
from txhub.statements.services import correct, issue_due
from txhub.tests.people import new_account
from txhub.tests.statements.samples import Book, month
from txhub.tests.test_api import Caller

PDF = "application/pdf"


@pytest.fixture(scope="module")
def alice() -> Person:
    return new_person("Alice")


@pytest.fixture(scope="module")
def charlie() -> Person:
    return new_person("Charlie")


@pytest.fixture(scope="module")
def account(alice: Person) -> AccountId:
    """Two statements; January's was corrected, since one of its postings came late."""
    book = Book(account=new_account(CustomerId(alice.customer_id)))
    book.send(date(2026, 1, 5), -100)
    issue_due(book.account, date(2026, 1, 31), source="test")
    book.send(date(2026, 1, 9), -50)
    book.send(date(2026, 2, 9), 25)
    issue_due(book.account, date(2026, 2, 28), source="test")
    correct(book.account, month("2026-01"), source="prp_1")
    return book.account


@pytest.fixture(scope="module")
def caller(alice: Person) -> Caller:
    return Caller(alice)


class TestTheList:
    def test_has_the_newest_first_with_links_that_lead_there(
        self, caller: Caller, account: AccountId
    ) -> None:
        body = caller.get(f"accounts/{account}/statements").json()
        assert body["links"] == {"next": None}
        february, january = body["data"]
        assert {**february, "issued_at": None, "links": None} == {
            "month": "2026-02",
            "version": 2,
            "kind": "statement",
            "from": "2026-02-01",
            "to": "2026-02-28",
            "sums": [
                {
                    "currency": "GBP",
                    "opening_balance": {"minor": 99_850, "currency": "GBP"},
                    "money_in": {"minor": 25, "currency": "GBP"},
                    "money_out": {"minor": 0, "currency": "GBP"},
                    "closing_balance": {"minor": 99_875, "currency": "GBP"},
                    "count": 1,
                }
            ],
            "issued_at": None,
            "links": None,
        }
        now, before = (caller.follow(january["links"][each]) for each in ("self", "previous"))
        assert [len(each.json()["entries"]) for each in (now, before)] == [2, 1]

    def test_of_a_new_account_is_empty(self, caller: Caller, alice: Person) -> None:
        account = new_account(CustomerId(alice.customer_id))
        assert caller.get(f"accounts/{account}/statements").json()["data"] == []


class TestAStatement:
    def test_is_json_by_default(self, caller: Caller, account: AccountId) -> None:
        answer = caller.get(f"accounts/{account}/statements/2026-02")
        body = answer.json()
        assert answer["Content-Type"] == "application/json"
        assert (body["month"], body["version"], body["account"]["id"]) == ("2026-02", 2, account)
        assert body["entries"][0]["amount"] == {"minor": 25, "currency": "GBP"}
        assert answer["Content-Location"].endswith("/statements/2026-02?version=2")

    def test_is_pdf_where_that_is_accepted(self, caller: Caller, account: AccountId) -> None:
        caller.headers["Accept"] = PDF
        answer = caller.get(f"accounts/{account}/statements/2026-02")
        del caller.headers["Accept"]
        assert answer["Content-Type"] == PDF
        assert answer.content.startswith(b"%PDF-")
        assert answer["Content-Disposition"] == 'attachment; filename="statement-2026-02.pdf"'

    def test_is_nothing_else(self, caller: Caller, account: AccountId) -> None:
        caller.headers["Accept"] = "text/html"
        answer = caller.get(f"accounts/{account}/statements/2026-02")
        del caller.headers["Accept"]
        assert answer.status_code == 406
        assert answer["Content-Type"] == "application/problem+json"

    def test_of_one_version_never_changes(self, caller: Caller, account: AccountId) -> None:
        path = f"accounts/{account}/statements/2026-01"
        old, now = caller.get(path, version=1), caller.get(path)
        assert old["Cache-Control"] == "private, max-age=31536000, immutable"
        assert now["Cache-Control"] == "private, no-cache"
        assert old["ETag"] != now["ETag"] == caller.get(path, version=2)["ETag"]
        caller.headers |= {"If-None-Match": now["ETag"]}
        answers = [caller.get(path).status_code, caller.get(path, version=1).status_code]
        del caller.headers["If-None-Match"]
        assert answers == [304, 200]

    def test_has_another_tag_in_each_form(self, caller: Caller, account: AccountId) -> None:
        path = f"accounts/{account}/statements/2026-02"
        as_json, as_pdf = caller.get(path), caller.get(path, format="pdf")
        assert as_json["ETag"] != as_pdf["ETag"]
        assert "Accept" in as_pdf["Vary"]

    @pytest.mark.parametrize(
        "rest", ["2026-03", "2026-13", "nonsense", "2026-02?version=9", "2025-12"]
    )
    def test_that_does_not_exist_is_404(
        self, caller: Caller, account: AccountId, rest: str
    ) -> None:
        answer = caller.follow(f"/api/v1/accounts/{account}/statements/{rest}")
        assert answer.status_code == 404

    def test_of_others_is_like_one_that_does_not_exist(
        self, charlie: Person, account: AccountId
    ) -> None:
        charlies = Caller(charlie)
        answers = [
            charlies.get(f"accounts/{each}/statements{rest}")
            for each in (account, "acc_" + "a" * 26)
            for rest in ("", "/2026-01", "/2026-03", "/nonsense")
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1

    def test_is_for_callers_with_a_token_only(self, account: AccountId) -> None:
        assert Client().get(f"/api/v1/accounts/{account}/statements/2026-01").status_code == 401


class TestTheSchema:
    def test_says_what_a_statement_may_be_had_as(self) -> None:
        schema = Client().get("/api/schema/?format=json").json()
        call = schema["paths"]["/api/v1/accounts/{account_id}/statements/{month}"]["get"]
        assert call["responses"]["200"]["content"].keys() == {"application/json", PDF}
        assert "/api/v1/accounts/{account_id}/statements" in schema["paths"]
