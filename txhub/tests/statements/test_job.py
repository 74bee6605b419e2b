"""The job that issues statements, in the batch's three levels, with real worker processes."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from txhub.batch import conf, jobs, reports, statements, work
from txhub.batch.leases import Lease
from txhub.batch.models import ChunkExecution, JobInstance
from txhub.batch.statuses import StepStatus
from txhub.domain.entities import AccountId
from txhub.statements.repository import STATEMENT_INDEX
from txhub.statements.services import enrol
from txhub.tests.batch.here import run_chunk_steps, run_file_step
from txhub.tests.batch.workers import wait_for_end, worker
from txhub.tests.people import new_account
from txhub.tests.statements.samples import Book, current

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def closing() -> date:
    """A day before any other test's accounts were enrolled, so that nothing of theirs is due."""
    return date(2019, 3, 31)


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> list[Book]:
    """Seven accounts with a transaction in each of three months; in the job, nobody else's."""
    books = [Book(account=new_account()) for _ in range(7)]
    for book in books:
        for month in (1, 2, 3):
            book.send(date(2019, month, 5), -100 * month)
    return books


def only(books: list[Book], monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables are shared with other tests, whose accounts may be due as well."""
    due = iter([book.account for book in books])
    monkeypatch.setattr(statements, "due_accounts", lambda _through: due)


class TestTheJob:
    def test_issues_what_is_due_in_chunks_of_accounts(
        self, books: list[Book], closing: date, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        only(books, monkeypatch)
        monkeypatch.setattr(conf, "CHUNK_ACCOUNTS", 3)
        instance = statements.register(closing)
        run_file_step(instance)
        rows = ChunkExecution.objects.filter(file__instance=instance).values_list("rows", flat=True)
        assert list(rows) == [3, 3, 1]
        run_chunk_steps(instance)
        report = reports.report(instance)
        assert (report["status"], report["read"], report["written"]) == ("COMPLETED", 21, 21)
        assert all(len(current(book.account)) == 3 for book in books)
        assert statements.register(closing).pk != instance.pk

    def test_holds_back_what_contradicts_and_completes(
        self, books: list[Book], closing: date, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        books[0].book(date(2019, 3, 6), -5)
        books[0].send(date(2019, 3, 7), -5)
        only(books[:2], monkeypatch)
        instance = statements.register(closing)
        run_file_step(instance)
        run_chunk_steps(instance)
        report = reports.report(instance)
        assert (report["status"], report["written"], report["quarantined"]) == ("COMPLETED", 5, 1)

    def test_passes_over_accounts_that_are_not_open(
        self, closing: date, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nobody = AccountId("acc_" + "a" * 26)
        enrol([nobody])
        only([Book(account=nobody)], monkeypatch)
        instance = statements.register(closing)
        run_file_step(instance)
        run_chunk_steps(instance)
        assert reports.report(instance)["status"] == "COMPLETED"

    def test_taken_again_counts_the_same(
        self, books: list[Book], closing: date, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        only(books, monkeypatch)
        instance = statements.register(closing)
        run_file_step(instance)
        chunk = ChunkExecution.objects.get(file__instance=instance)
        with monkeypatch.context() as patch:
            patch.setattr(Lease, "finish", _dies)
            with pytest.raises(KeyboardInterrupt):
                work.work_on_chunk(chunk.pk)
        issued = [STATEMENT_INDEX.versions(book.account) for book in books]
        assert [len(each) for each in issued] == [3] * 7
        work.work_on_chunk(chunk.pk)
        assert reports.report(instance)["written"] == 21
        assert [STATEMENT_INDEX.versions(book.account) for book in books] == issued


def _dies(*_arguments: object, **_columns: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.journey
class TestKilledWorkers:
    @pytest.mark.parametrize(
        "place",
        [
            "txhub.statements.services.desk:Desk.commit:before:4",
            "txhub.statements.services.desk:Desk.commit:after:5",
            "txhub.statements.repository.index:StatementIndex.issue:before:2",
        ],
    )
    def test_leave_nothing_out_and_issue_nothing_twice(
        self, place: str, books: list[Book], closing: date, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        only(books, monkeypatch)
        monkeypatch.setattr(conf, "CHUNK_ACCOUNTS", 3)
        instance = statements.register(closing)
        run_file_step(instance)  # here: the workers would list other tests' accounts too
        with worker(die_at=place, processes=1) as child:
            child.wait()
        with worker():
            report = wait_for_end(instance)
        assert (report["status"], report["written"], report["read"]) == ("COMPLETED", 21, 21)
        for book in books:
            assert [each.version for each in STATEMENT_INDEX.versions(book.account)] == [1, 1, 1]


class TestTheCommand:
    def test_issues_up_to_the_end_of_a_month(
        self, books: list[Book], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        only(books, monkeypatch)
        call_command("statements", "--month", "2019-02", stdout=StringIO())
        instance = JobInstance.objects.get(object_key="statements/2019-02-28")
        work.work_on_file(instance.file.pk)  # here: a worker would list other tests' accounts too
        out = StringIO()
        with worker():
            call_command("statements", "--closing", "2019-02-28", "--wait", "--json", stdout=out)
        report = json.loads(out.getvalue().splitlines()[-1])
        assert (report["job"], report["status"]) == (instance.pk, "COMPLETED")
        assert report["written"] == 14
        assert [list(current(book.account)) for book in books] == [["2019-01", "2019-02"]] * 7

    def test_says_what_it_does_not_understand(self) -> None:
        with pytest.raises(CommandError, match="no_such_month"):
            call_command("statements", "--month", "2019-2", stdout=StringIO())

    def test_sets_the_cycle_day(self) -> None:
        book = Book(account=new_account())
        call_command("statement_cycle", book.account, "15", stdout=StringIO())
        with pytest.raises(CommandError, match="bad_cycle_day"):
            call_command("statement_cycle", book.account, "31", stdout=StringIO())
        with pytest.raises(CommandError, match="account_not_found"):
            call_command("statement_cycle", "acc_nobody", "15", stdout=StringIO())


def waiting_steps(instance: JobInstance) -> int:
    return ChunkExecution.objects.filter(file__instance=instance, status=StepStatus.WAITING).count()


class TestARestart:
    def test_goes_on_after_the_finished_chunks(
        self, books: list[Book], closing: date, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        only(books, monkeypatch)
        monkeypatch.setattr(conf, "CHUNK_ACCOUNTS", 2)
        instance = statements.register(closing)
        run_file_step(instance)
        first = ChunkExecution.objects.filter(file__instance=instance).first()
        assert first
        work.work_on_chunk(first.pk)
        execution = jobs.last_execution(instance)
        assert execution
        jobs.stop(execution.pk)
        assert statements.register(closing).pk == instance.pk
        jobs.restart(instance)
        assert waiting_steps(instance) == 3
        run_chunk_steps(instance)
        assert reports.report(instance)["written"] == 21
