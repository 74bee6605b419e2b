"""Statements on the real engine: what they hold, that they join, and that they stay."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import Conflict, Unavailable
from txhub.domain.entities import AccountId
from txhub.domain.entries import Action, SourcedEntry, Status
from txhub.services import store_entries
from txhub.statements import queries
from txhub.statements.domain.statement import Statement, StatementKind
from txhub.statements.repository import SCHEDULE, STATEMENT_INDEX, Form
from txhub.statements.services import Issued, enrol, issue_due, set_cycle_day
from txhub.tests.people import new_account
from txhub.tests.statements.samples import Book, current, ids_on, month

FEBRUARY, MARCH, APRIL = date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)


def issue(account: AccountId, through: date, source: str = "test") -> Issued:
    return issue_due(account, through, source=source)


def sums_of(statement: Statement) -> tuple[Any, ...]:
    sums = statement.sums[0]
    return (
        sums.opening and sums.opening.minor,
        sums.money_in.minor,
        sums.money_out.minor,
        sums.closing and sums.closing.minor,
    )


@pytest.fixture
def book() -> Book:
    return Book(account=new_account())


class TestIssuing:
    def test_issues_every_month_since_the_first_transaction(self, book: Book) -> None:
        for day in (date(2026, 1, 5), date(2026, 1, 31), date(2026, 3, 1)):
            book.send(day, -100)
        assert issue(book.account, MARCH) == Issued(count=3)
        statements = current(book.account)
        assert {name: sums_of(each) for name, each in statements.items()} == {
            "2026-01": (100_000, 0, -200, 99_800),
            "2026-02": (99_800, 0, 0, 99_800),
            "2026-03": (99_800, 0, -100, 99_700),
        }

    def test_again_changes_nothing_and_reports_the_same(self, book: Book) -> None:
        book.send(date(2026, 1, 5), -100)
        first = issue(book.account, MARCH)
        before = STATEMENT_INDEX.versions(book.account)
        assert issue(book.account, MARCH) == first
        assert STATEMENT_INDEX.versions(book.account) == before
        assert issue(book.account, MARCH, source="another") == Issued(count=0)

    def test_goes_on_after_a_worker_that_died_before_the_index(self, book: Book) -> None:
        """The objects are there, the version is not: the next one writes the same."""
        book.send(date(2026, 1, 5), -100)

        def dies(*_arguments: object) -> None:
            raise KeyboardInterrupt

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(STATEMENT_INDEX), "issue", dies)
            with pytest.raises(KeyboardInterrupt):
                issue(book.account, FEBRUARY)
        assert STATEMENT_INDEX.versions(book.account) == []
        assert issue(book.account, FEBRUARY).count == 2
        assert [each.version for each in STATEMENT_INDEX.versions(book.account)] == [1, 1]

    def test_leaves_out_what_is_pending(self, book: Book) -> None:
        book.send(date(2026, 1, 5), -100)
        pending = Book(account=book.account, has_balances=False)
        entry = pending.book(date(2026, 1, 6), -900, status=Status.PENDING, posted_on=None)
        store_entries([entry])
        issue(book.account, date(2026, 1, 31))
        assert len(current(book.account)["2026-01"].lines) == 1

    def test_of_an_account_that_was_never_used_begins_with_the_day_it_was_enrolled(self) -> None:
        account = new_account()
        scheduled = SCHEDULE.find(account)
        assert scheduled
        issue(account, scheduled.since + timedelta(days=62))
        statements = list(current(account).values())
        assert len(statements) == 2
        assert {each.kind for each in statements} == {StatementKind.ACTIVITY_SUMMARY}
        assert statements[0].period.first_day <= scheduled.since <= statements[0].period.closing

    @pytest.mark.parametrize(("currency", "minor"), [("JPY", -1200), ("KWD", -12_345)])
    def test_keeps_the_currency_s_own_decimals(self, currency: str, minor: int) -> None:
        book = Book(account=new_account(currency=currency), currency=currency)
        book.send(date(2026, 1, 5), minor)
        issue(book.account, date(2026, 1, 31))
        assert sums_of(current(book.account)["2026-01"]) == (100_000, 0, minor, 100_000 + minor)

    def test_takes_in_thousands(self, book: Book) -> None:
        entries = [book.book(date(2026, 1, 1 + each % 31), -1 - each) for each in range(3_000)]
        store_entries(entries)
        issue(book.account, date(2026, 1, 31))
        statement = current(book.account)["2026-01"]
        assert len(statement.lines) == 3_000
        assert statement.closings["GBP"].minor == book.balance

    def test_is_sealed_under_a_name_of_its_own(self, book: Book) -> None:
        book.send(date(2026, 1, 5), -100)
        issue(book.account, date(2026, 1, 31))
        (version,) = queries.statements_of(book.account)
        assert queries.written(version, Form.PDF).startswith(b"%PDF-")
        assert b"Corner Coffee" in queries.written(version, Form.JSON)


class TestTheCycleDay:
    def test_closes_the_month_on_that_day(self, book: Book) -> None:
        set_cycle_day(book.account, 15)
        for day in (date(2026, 1, 15), date(2026, 1, 16)):
            book.send(day, -100)
        issue(book.account, date(2026, 2, 15))
        assert [len(each.lines) for each in current(book.account).values()] == [1, 1]

    def test_may_change_between_two_statements(self, book: Book) -> None:
        for day in (date(2026, 1, 20), date(2026, 2, 10), date(2026, 2, 20)):
            book.send(day, -100)
        issue(book.account, date(2026, 1, 31))
        set_cycle_day(book.account, 15)
        issue(book.account, MARCH)
        assert {name: len(each.lines) for name, each in current(book.account).items()} == {
            "2026-01": 1,
            "2026-02": 1,
            "2026-03": 1,
        }
        set_cycle_day(book.account, None)
        issue(book.account, APRIL)
        april = current(book.account)["2026-04"].period
        assert (april.first_day, april.closing) == (date(2026, 3, 16), APRIL)


class TestALatePosting:
    def test_stands_on_the_next_statement_with_its_value_date(self, book: Book) -> None:
        book.send(date(2026, 1, 5), -100)
        issue(book.account, date(2026, 1, 31))
        book.send(date(2026, 1, 20), -50, value_on=date(2026, 1, 19))
        book.send(date(2026, 2, 2), -10)
        issue(book.account, FEBRUARY)
        statements = current(book.account)
        assert len(statements["2026-01"].lines) == 1
        assert sums_of(statements["2026-02"]) == (99_900, 0, -60, 99_840)
        late, own = statements["2026-02"].lines
        assert (late.late, late.posted_on, late.value_on) == (
            True,
            date(2026, 1, 20),
            date(2026, 1, 19),
        )
        assert not own.late

    def test_that_was_pending_on_another_day_is_found_too(self, book: Book) -> None:
        pending = Book(account=book.account, has_balances=False)
        held = pending.book(date(2026, 1, 28), -50, status=Status.PENDING, posted_on=None)
        store_entries([held])
        pending.send(date(2026, 1, 5), -100)
        issue(book.account, date(2026, 1, 31))
        pending.booked.clear()
        posted = pending.book(date(2026, 1, 30), -55, source="another:1")
        assert posted.transaction_id == held.transaction_id
        store_entries([posted])
        issue(book.account, FEBRUARY)
        assert ids_on([current(book.account)["2026-02"]]) == [posted.transaction_id]

    def test_may_be_older_than_the_first_statement(self, book: Book) -> None:
        plain = Book(account=book.account, has_balances=False)
        plain.send(date(2026, 3, 5), -100)
        issue(book.account, MARCH)
        old = plain.send(date(2025, 11, 5), -50)
        issue(book.account, APRIL)
        assert ids_on([current(book.account)["2026-04"]]) == [old.transaction_id]

    def test_that_is_amended_once_stated_does_not_come_again(self, book: Book) -> None:
        plain = Book(account=book.account, has_balances=False)
        plain.send(date(2026, 1, 5), -100)
        issue(book.account, date(2026, 1, 31))
        plain.booked.clear()
        plain.send(date(2026, 2, 5), -70, action=Action.AMEND, source="another:1")
        issue(book.account, FEBRUARY)
        assert [len(each.lines) for each in current(book.account).values()] == [1, 0]


class TestAHeldStatement:
    def test_is_not_issued_and_says_why(self, book: Book) -> None:
        book.send(date(2026, 1, 5), -100)
        missing = book.book(date(2026, 1, 6), -30)
        book.send(date(2026, 1, 7), -20)
        outcome = issue(book.account, FEBRUARY)
        assert outcome.count == 0
        assert outcome.held
        assert outcome.held.month == month("2026-01")
        assert "running balances do not lead" in outcome.held.reason
        assert outcome.held.day == date(2026, 1, 7)
        assert book.account in [each.account_id for each in queries.held_accounts()]
        store_entries([missing])
        assert issue(book.account, FEBRUARY) == Issued(count=2)
        assert book.account not in [each.account_id for each in queries.held_accounts()]


ARRIVALS = st.lists(
    st.one_of(
        st.integers(0, 150).map(lambda day: ("send", day)),  # in any order, so most are late
        st.integers(1, 5).map(lambda month: ("issue", month)),
        st.integers(0, 27).map(lambda day: ("cycle", day)),
    ),
    min_size=3,
    max_size=14,
)


class TestEveryPostedTransaction:
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(actions=ARRIVALS)
    def test_is_on_exactly_one_statement(self, actions: list[tuple[str, int]]) -> None:
        book = Book(account=new_account(), has_balances=False)
        for action, number in actions:
            if action == "send":
                book.send(date(2026, 1, 1) + timedelta(days=number), -100 - number)
            elif action == "cycle":
                set_cycle_day(book.account, number or None)
            else:
                issue(book.account, date(2026, number, 28), source=f"run{number}")
        issue(book.account, date(2026, 9, 30))
        expected = sorted(each.transaction_id for each in book.booked)
        assert sorted(ids_on(current(book.account).values())) == expected

    def test_is_so_while_others_store_and_issue(self) -> None:
        """Four threads store, in no order, while two issue month after month."""
        book = Book(account=new_account(), has_balances=False)
        entries = [
            book.book(date(2026, 1, 1) + timedelta(days=number * 37 % 150), -100 - number)
            for number in range(160)
        ]
        groups = [entries[place::40] for place in range(40)]
        done = threading.Event()

        def store(group: list[SourcedEntry]) -> None:
            with suppress(Unavailable):  # others were faster, again and again
                store_entries(group)
                return
            store(group)

        def keep_issuing() -> None:
            while not done.is_set():
                for number in range(1, 6):
                    issue(book.account, date(2026, number, 28))

        with ThreadPoolExecutor(6) as pool:
            issuers = [pool.submit(keep_issuing) for _ in range(2)]
            try:
                list(pool.map(store, groups))
            finally:
                done.set()
            for each in issuers:
                each.result()
        issue(book.account, date(2026, 9, 30))
        statements = current(book.account)
        found = ids_on(statements.values())
        assert len(found) == len(set(found))
        assert set(found) == {each.transaction_id for each in entries}
        assert any(line.late for each in statements.values() for line in each.lines)


class TestTheSchedule:
    def test_keeps_whoever_is_on_it(self) -> None:
        account = new_account()
        set_cycle_day(account, 7)
        enrol([account])
        scheduled = SCHEDULE.find(account)
        assert scheduled
        assert scheduled.cycle_day == 7

    def test_lets_one_of_two_issue(self, book: Book) -> None:
        book.send(date(2026, 1, 5), -100)
        scheduled = SCHEDULE.find(book.account)
        assert scheduled
        issue(book.account, date(2026, 1, 31))
        (version,) = STATEMENT_INDEX.versions(book.account)
        with pytest.raises(Conflict):
            STATEMENT_INDEX.issue(
                (scheduled, scheduled.issued(version.period)), [version], ({}, {})
            )
