"""Workers are killed at enumerated places, with work in flight; what is stored in the end is what
an undisturbed run stores."""

from pathlib import Path

import pytest

from txhub.batch import jobs
from txhub.batch.models import ChunkExecution, JobInstance
from txhub.batch.reconcile import reconcile
from txhub.tests.batch.files import card_file, card_rows
from txhub.tests.batch.here import landed_job, run
from txhub.tests.batch.stored import digest
from txhub.tests.batch.workers import wait_for_death, wait_for_end, worker

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


@pytest.fixture
def undisturbed(tmp_path: Path) -> str:
    """The digest of an undisturbed run of the same rows, in other accounts."""
    instance = landed_job(card_file(tmp_path, card_rows(ROWS, accounts=ACCOUNTS), "other.csv"))
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
            wait_for_death(doomed)
        with worker():
            report = wait_for_end(instance)
        assert (report["status"], report["read"], report["written"]) == ("COMPLETED", ROWS, ROWS)
        assert digest(instance) == undisturbed
        assert reconcile(instance).agrees


class TestManyWorkers:
    def test_finish_a_job_together(self, tmp_path: Path, undisturbed: str) -> None:
        instance = landed(tmp_path)
        with worker(processes=3):
            jobs.start(instance)
            report = wait_for_end(instance)
        assert report["status"] == "COMPLETED"
        assert ChunkExecution.objects.filter(file__instance=instance).count() > 3
        assert digest(instance) == undisturbed
