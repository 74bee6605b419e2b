"""Corrections: a new version, the old one stays, and successors follow where they must."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from txhub.domain.entities import AccountId
from txhub.domain.entries import Action
from txhub.statements import queries
from txhub.statements.domain.statement import Statement
from txhub.statements.repository import STATEMENT_INDEX, StatementMissing
from txhub.statements.services import NothingToCorrect, correct, issue_due
from txhub.tests.people import new_account
from txhub.tests.statements.samples import Book, current, ids_on, month

MARCH = date(2026, 3, 31)


def issue(account: AccountId, through: date) -> None:
    issue_due(account, through, source="test")


def versions(statements: dict[str, Statement]) -> dict[str, int]:
    return {name: each.version for name, each in statements.items()}


def balances(statements: dict[str, Statement]) -> list[tuple[int, int]]:
    found = []
    for each in statements.values():
        opening, closing = each.sums[0].opening, each.sums[0].closing
        assert opening
        assert closing
        found.append((opening.minor, closing.minor))
    return found


@pytest.fixture
def book() -> Book:
    """Three statements; each month has a transaction, and January's second came late."""
    book = Book(account=new_account())
    book.send(date(2026, 1, 5), -100)
    issue(book.account, date(2026, 1, 31))
    book.send(date(2026, 1, 20), -50)
    book.send(date(2026, 2, 2), -10)
    book.send(date(2026, 3, 2), -1)
    issue(book.account, MARCH)
    return book


class TestACorrection:
    def test_takes_the_late_posting_back_into_its_month(self, book: Book) -> None:
        before = current(book.account)
        correct(book.account, month("2026-01"), source="prp_1")
        after = current(book.account)
        assert versions(after) == {"2026-01": 2, "2026-02": 2, "2026-03": 1}
        assert balances(after) == [(100_000, 99_850), (99_850, 99_840), (99_840, 99_839)]
        assert after["2026-03"] == before["2026-03"]
        assert [len(each.lines) for each in after.values()] == [2, 1, 1]
        assert not any(line.late for each in after.values() for line in each.lines)

    def test_leaves_the_old_version_readable(self, book: Book) -> None:
        old = current(book.account)["2026-01"]
        correct(book.account, month("2026-01"), source="prp_1")
        new, kept = queries.versions_of(book.account, month("2026-01"))
        assert (new.version, kept.version) == (2, 1)
        assert queries.content(kept) == old

    def test_again_changes_nothing(self, book: Book) -> None:
        correct(book.account, month("2026-01"), source="prp_1")
        after = STATEMENT_INDEX.versions(book.account)
        correct(book.account, month("2026-01"), source="prp_1")
        assert STATEMENT_INDEX.versions(book.account) == after

    def test_takes_an_amendment_over_and_moves_all_that_follow(self, book: Book) -> None:
        (first,) = (line for line in current(book.account)["2026-01"].lines)
        amended = Book(account=book.account, has_balances=False)
        entry = amended.send(date(2026, 1, 5), -130, action=Action.AMEND, source="another:1")
        assert entry.transaction_id == first.transaction_id
        assert balances(current(book.account))[0] == (100_000, 99_900)
        correct(book.account, month("2026-01"), source="prp_1")
        after = current(book.account)
        assert versions(after) == {"2026-01": 2, "2026-02": 2, "2026-03": 2}
        assert balances(after) == [(100_000, 99_820), (99_820, 99_810), (99_810, 99_809)]

    def test_lets_the_next_statement_open_with_what_it_closes_with(self, book: Book) -> None:
        amended = Book(account=book.account, has_balances=False)
        amended.send(date(2026, 1, 5), -130, action=Action.AMEND, source="another:1")
        correct(book.account, month("2026-01"), source="prp_1")
        issue(book.account, date(2026, 4, 30))
        assert balances(current(book.account))[-1] == (99_809, 99_809)

    def test_leaves_what_an_earlier_one_holds(self, book: Book) -> None:
        (first,) = (line for line in current(book.account)["2026-01"].lines)
        amended = Book(account=book.account, has_balances=False)
        amended.send(date(2026, 2, 5), -100, action=Action.AMEND, source="another:1")
        book.send(date(2026, 2, 6), -7)
        correct(book.account, month("2026-02"), source="prp_1")
        statements = current(book.account)
        assert len(statements["2026-02"].lines) == 3
        assert ids_on(statements.values()).count(first.transaction_id) == 1

    def test_that_changes_nothing_is_refused(self, book: Book) -> None:
        with pytest.raises(NothingToCorrect):
            correct(book.account, month("2026-03"), source="prp_1")

    def test_of_a_month_without_a_statement_is_refused(self, book: Book) -> None:
        with pytest.raises(StatementMissing):
            correct(book.account, month("2026-04"), source="prp_1")

    def test_issues_a_held_statement_as_the_transactions_have_it(self, book: Book) -> None:
        book.book(date(2026, 4, 2), -30)  # which never comes
        book.send(date(2026, 4, 3), -5)
        held = issue_due(book.account, date(2026, 5, 31), source="test").held
        assert held
        assert held.month == month("2026-04")
        correct(book.account, held.month, source="prp_1")
        assert balances(current(book.account))[-1] == (99_839, 99_834)
        assert issue_due(book.account, date(2026, 4, 30), source="test").held is None


class TestEveryPostedTransaction:
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        actions=st.lists(
            st.tuples(st.sampled_from(["send", "send", "issue", "correct"]), st.integers(0, 130)),
            min_size=4,
            max_size=16,
        )
    )
    def test_stays_on_one_statement_whatever_is_corrected(
        self, actions: list[tuple[str, int]]
    ) -> None:
        book = Book(account=new_account(), has_balances=False)
        for place, (action, number) in enumerate(actions):
            day = date.fromordinal(date(2026, 1, 1).toordinal() + number)
            if action == "send":
                book.send(day, -100 - number)
            elif action == "issue":
                issue(book.account, day)
            else:
                try:
                    correct(book.account, month(f"{day:%Y-%m}"), source=f"prp_{place}")
                except (NothingToCorrect, StatementMissing):
                    continue
        issue(book.account, date(2026, 9, 30))
        statements = current(book.account)
        expected = sorted(each.transaction_id for each in book.booked)
        assert sorted(ids_on(statements.values())) == expected
