"""Pages of statements: what they show, and to whom."""

from datetime import date

import pytest
from django.test import Client

from identity.tests.people import Person, new_person
from txhub.domain.entities import AccountId
from txhub.services import store_entries
from txhub.statements.services import correct, issue_due
from txhub.tests.statements.samples import Book, month
from txhub.tests.web.visitors import account_of, signed_in, text_of
from txhub.web.statements import LINES_A_PAGE


@pytest.fixture(scope="module")
def alice() -> Person:
    return new_person("Alice")


@pytest.fixture(scope="module")
def browser(alice: Person) -> Client:
    return signed_in(alice)


@pytest.fixture(scope="module")
def account(alice: Person) -> AccountId:
    """Statements for December and January; January's is corrected."""
    book = Book(account=account_of(alice), balance=100_000)
    book.send(date(2025, 12, 30), -100)
    book.send(date(2026, 1, 5), -250, merchant="Harbour Grocers")
    issue_due(book.account, date(2026, 1, 31), source="test")
    book.send(date(2026, 1, 9), -50, merchant="Northern Rail")
    correct(book.account, month("2026-01"), source="prp_1")
    return book.account


class TestTheList:
    def test_is_by_year_with_the_newest_first(self, browser: Client, account: AccountId) -> None:
        shown = text_of(browser.get(f"/accounts/{account}/statements/"))
        places = [shown.index(each) for each in ("2026 ", "January 2026", "December 2025")]
        assert places == sorted(places)
        assert "£996.00" in shown
        assert "Corrected" in shown

    def test_of_a_new_account_says_when_the_first_one_comes(
        self, browser: Client, alice: Person
    ) -> None:
        shown = text_of(browser.get(f"/accounts/{account_of(alice)}/statements/"))
        assert "No statements yet" in shown

    def test_is_linked_from_the_account(self, browser: Client, account: AccountId) -> None:
        assert b'href="statements/"' in browser.get(f"/accounts/{account}/").content


class TestAStatement:
    def test_shows_balances_categories_and_transactions(
        self, browser: Client, account: AccountId
    ) -> None:
        shown = text_of(browser.get(f"/accounts/{account}/statements/2026-01/"))
        for words in ("Statement, January 2026", "1 January 2026 to 31 January 2026", "£999.00"):
            assert words in shown
        assert "Northern Rail" in shown
        assert "version 2" in shown

    def test_shows_an_old_version_as_such(self, browser: Client, account: AccountId) -> None:
        shown = text_of(browser.get(f"/accounts/{account}/statements/2026-01/?version=1"))
        assert "corrected since" in shown
        assert "Northern Rail" not in shown

    def test_may_be_taken_as_pdf(self, browser: Client, account: AccountId) -> None:
        answer = browser.get(f"/accounts/{account}/statements/2026-01.pdf")
        assert answer.content.startswith(b"%PDF-")
        assert answer["Content-Disposition"] == 'attachment; filename="statement-2026-01.pdf"'
        assert "no-store" in answer["Cache-Control"]

    def test_with_many_lines_comes_page_by_page(self, browser: Client, alice: Person) -> None:
        book = Book(account=account_of(alice))
        for number in range(LINES_A_PAGE + 3):
            book.book(date(2026, 1, 1 + number % 28), -1 - number)
        store_entries(book.booked)
        issue_due(book.account, date(2026, 1, 31), source="test")
        path = f"/accounts/{book.account}/statements/2026-01/"
        first, second = (browser.get(f"{path}?page={page}") for page in (1, 2))
        assert f"1 to {LINES_A_PAGE} of {LINES_A_PAGE + 3}" in text_of(first)
        assert first.content.count(b"<time") == LINES_A_PAGE
        assert second.content.count(b"<time") == 3

    @pytest.mark.parametrize(
        "rest", ["2026-02/", "nonsense/", "2026-01/?version=3", "2026-01/?version=x", "2026-02.pdf"]
    )
    def test_that_does_not_exist_is_not_found(
        self, browser: Client, account: AccountId, rest: str
    ) -> None:
        assert browser.get(f"/accounts/{account}/statements/{rest}").status_code == 404

    def test_is_nobody_else_s(self, account: AccountId) -> None:
        charlie = signed_in(new_person("Charlie"))
        for rest in ("", "2026-01/", "2026-01.pdf"):
            path = f"/accounts/{account}/statements/{rest}"
            assert charlie.get(path).status_code == 404
            assert Client().get(path).status_code == 302
