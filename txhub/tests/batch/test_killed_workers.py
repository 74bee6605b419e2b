"""Workers are killed at enumerated places, with work in flight; what is stored in the end is what
an undisturbed run stores."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from txhub.batch import conf, jobs
from txhub.batch.models import ChunkExecution, FileExecution, JobInstance
from txhub.batch.reconcile import reconcile
from txhub.tests.batch.files import card_file, card_rows
from txhub.tests.batch.here import landed_job, run
from txhub.tests.batch.memos import Bank
from txhub.tests.batch.stored import digest
from txhub.tests.batch.workers import (
    forget_messages,
    wait_for_end,
    worker,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

ROWS, ACCOUNTS = 400, 9
PLACES = {
    "while rows are read": "txhub.batch.leases:Lease.keep:before:1",
    "between two chunks": "aws.storage:put_sealed:after:2",
    "before the file's checkpoint": "txhub.batch.partition:FileStep._finish:before:1",
    "after it, before chunks are sent": "txhub.batch.partition:FileStep._finish:after:1",
    "while chunks are sent": "txhub.batch.sending:send:after:2",
    "before the first write": "txhub.batch.leases:Lease.before_write:before:1",
    "after the register, before the items": "txhub.batch.leases:Lease.before_write:before:2",
    "after the items of a group": "txhub.batch.chunks:store_entries:after:1",
    "between the last items and the checkpoint": "txhub.batch.leases:Lease.finish:before:1",
    "after a checkpoint": "txhub.batch.leases:Lease.finish:after:2",
    "before the job is ended": "txhub.batch.jobs:_end:before:1",
}


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What looks for lost steps here is as quick as the workers are."""
    monkeypatch.setattr(conf, "UNSENT_AFTER", timedelta(seconds=1))


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> str:
    """The digest of an undisturbed run of the same rows, in other accounts."""
    rows = card_rows(ROWS, accounts=ACCOUNTS)
    with django_db_blocker.unblock():
        instance = landed_job(card_file(tmp_path_factory.mktemp("other"), rows))
        assert run(instance)["status"] == "COMPLETED"
        return digest(instance)


def landed(tmp_path: Path) -> JobInstance:
    return landed_job(card_file(tmp_path, card_rows(ROWS, accounts=ACCOUNTS)))


class TestKilledWorkers:
    @pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
    def test_lose_nothing_and_store_nothing_twice(
        self, tmp_path: Path, undisturbed: str, place: str
    ) -> None:
        instance = landed(tmp_path)
        with worker(die_at=place) as doomed:
            jobs.start(instance)
            doomed.wait()
        with worker():
            report = wait_for_end(instance)
        assert (report["status"], report["read"], report["written"]) == ("COMPLETED", ROWS, ROWS)
        assert digest(instance) == undisturbed
        assert reconcile(instance).agrees


PRUNE_PLACES = {
    "before the prune begins": "txhub.batch.work:is_due:before:1",
    "before the first account": "txhub.batch.prune:prune_account:before:1",
    "after the first account lost its entries": "txhub.services.pending:_take_away:after:1",
    "after all accounts": "txhub.batch.prune:prune_account:after:4",
    "before the job is ended": "txhub.batch.jobs:_end:before:1",
}


class TestKilledPrune:
    @pytest.mark.parametrize("place", PRUNE_PLACES.values(), ids=PRUNE_PLACES.keys())
    def test_takes_away_what_it_should_and_counts_it_once(self, tmp_path: Path, place: str) -> None:
        bank, owners = Bank(tmp_path), ("alice", "bob", "charlie", "dora")
        bank.full(1, *(f"{owner}/{thing}" for owner in owners for thing in ("coffee", "lunch")))
        instance = bank.job(2, ["bob/coffee", "dora/fuel"])
        forget_messages()
        with worker(die_at=place) as doomed:
            jobs.start(instance)
            doomed.wait()
        with worker():
            report = wait_for_end(instance)
        assert (report["status"], report["written"], report["removed"]) == ("COMPLETED", 1, 7)
        assert bank.pending(*owners) == {"bob/coffee", "dora/fuel"}
        assert reconcile(instance).agrees


class TestMessageThatComesAgain:
    def test_while_its_step_still_runs_changes_nothing(
        self, tmp_path: Path, undisturbed: str
    ) -> None:
        """Redis gives a message away again when it is not acknowledged for long."""
        instance = landed(tmp_path)
        unhurried = {"TXHUB_BATCH_LEASE_S": "8", "TXHUB_REDELIVER_S": "2"}
        slow = "aws.storage:put_sealed:slow:2"
        with worker(die_at=slow, log="redelivery.log", environment=unhurried) as child:
            jobs.start(instance)
            report = wait_for_end(instance)
        begun = [line for line in child.log.read_text().splitlines() if "task_started" in line]
        assert sum("txhub.run_file" in line for line in begun) > 1
        assert (report["status"], report["written"]) == ("COMPLETED", ROWS)
        assert FileExecution.objects.get(instance=instance).attempts == 1
        assert digest(instance) == undisturbed


class TestManyWorkers:
    def test_finish_a_job_together(self, tmp_path: Path, undisturbed: str) -> None:
        instance = landed(tmp_path)
        with worker(processes=3):
            jobs.start(instance)
            report = wait_for_end(instance)
        assert report["status"] == "COMPLETED"
        assert ChunkExecution.objects.filter(file__instance=instance).count() > 3
        assert digest(instance) == undisturbed
