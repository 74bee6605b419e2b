"""What was lost is found again; what is not lost is left alone."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db.models import QuerySet

from kernel.clock import utc_now
from txhub.batch import conf, jobs, landing, sending, watch, work
from txhub.batch.leases import claim
from txhub.batch.models import ChunkExecution, FileExecution, JobExecution, JobInstance
from txhub.batch.reports import report
from txhub.batch.statuses import JobStatus, StepStatus
from txhub.feeds.rows import FeedKind
from txhub.tests.batch.clocks import HandClock, KilledError, dies_at
from txhub.tests.batch.files import card_file, card_rows
from txhub.tests.batch.here import landed_job, run, run_file_step

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return card_file(tmp_path, card_rows(50))


class TestLookForWork:
    def test_finds_an_object_that_nobody_was_told_of(self, file: Path) -> None:
        landed = landing.land(
            file, kind=FeedKind.DAILY, profile="simulated_card", business_date=date(2018, 6, 1)
        )
        assert landed.key in watch.unregistered(utc_now)
        work.take_in(landed.key, None)
        assert landed.key not in watch.unregistered(utc_now)

    def test_ends_a_job_whose_last_worker_died_before_it_could(self, file: Path) -> None:
        instance = landed_job(file)
        run(instance)
        JobExecution.objects.filter(instance=instance).update(status=JobStatus.RUNNING)
        watch.look_for_work()
        assert report(instance)["status"] == JobStatus.COMPLETED

    def test_ends_a_stop_whose_worker_died(self, file: Path) -> None:
        instance = landed_job(file)
        run_file_step(instance)
        chunks = ChunkExecution.objects.filter(file__instance=instance)
        chunks.update(status=StepStatus.RUNNING, lease_expires=utc_now().replace(year=2020))
        execution = jobs.last_execution(instance)
        assert execution is not None
        jobs.stop(execution.pk)
        assert report(instance)["status"] == JobStatus.STOPPING
        watch.recover(execution.pk)
        assert report(instance)["status"] == JobStatus.STOPPED


class TestLost:
    """Some chunks that wait, sent a moment ago."""

    @pytest.fixture
    def clock(self) -> HandClock:
        clock = HandClock()
        clock.now = utc_now()
        return clock

    @pytest.fixture
    def job(self, file: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> JobInstance:
        monkeypatch.setattr(conf, "CHUNK_ROWS", 1)
        instance = landed_job(file)
        jobs.start(instance, clock=clock)
        work.work_on_file(FileExecution.objects.get(instance=instance).pk, clock=clock)
        assert self.chunks(instance).count() >= 4
        return instance

    def chunks(self, job: JobInstance) -> "QuerySet[ChunkExecution]":
        return ChunkExecution.objects.filter(file__instance=job).order_by("number")

    def sent_again(self, job: JobInstance, clock: HandClock) -> set[int]:
        """The numbers of the chunks that this look sends."""
        before = dict(self.chunks(job).values_list("number", "sent_at"))
        watch.recover(job.executions.latest("number").pk, clock=clock)
        after = dict(self.chunks(job).values_list("number", "sent_at"))
        return {number for number in after if after[number] != before[number]}

    def test_are_not_chunks_that_are_being_sent(self, job: JobInstance, clock: HandClock) -> None:
        """The file step is over; its worker is about to send the chunks and to mark them."""
        self.chunks(job).update(sent_at=None)
        assert self.sent_again(job, clock) == set()
        clock.pass_by(conf.UNSENT_AFTER)
        assert self.sent_again(job, clock) == set()
        clock.pass_by(SECOND)
        assert len(self.sent_again(job, clock)) == self.chunks(job).count()

    def test_are_not_chunks_of_a_long_list_that_is_being_sent(
        self, job: JobInstance, clock: HandClock
    ) -> None:
        clock.pass_by(conf.UNSENT_AFTER * 2)
        self.chunks(job).update(sent_at=None)
        self.chunks(job).filter(number=1).update(sent_at=clock() - SECOND)
        assert self.sent_again(job, clock) == set()

    def test_are_not_chunks_that_wait_behind_others(
        self, job: JobInstance, clock: HandClock
    ) -> None:
        clock.pass_by(conf.RESEND_AFTER)
        assert claim(ChunkExecution, self.chunks(job)[0].pk, clock) is not None
        clock.pass_by(conf.LEASE / 2)
        assert self.sent_again(job, clock) == set()

    def test_are_chunks_where_nothing_moves(self, job: JobInstance, clock: HandClock) -> None:
        clock.pass_by(conf.RESEND_AFTER)
        assert self.sent_again(job, clock) == set()
        clock.pass_by(SECOND)
        assert len(self.sent_again(job, clock)) == self.chunks(job).count()

    def test_is_the_chunk_of_a_dead_worker_and_it_is_sent_once(
        self, job: JobInstance, clock: HandClock
    ) -> None:
        clock.pass_by(SECOND)
        assert claim(ChunkExecution, self.chunks(job)[0].pk, clock) is not None
        clock.pass_by(conf.LEASE)
        assert self.sent_again(job, clock) == set()
        clock.pass_by(SECOND)
        assert self.sent_again(job, clock) == {1}
        clock.pass_by(conf.UNSENT_AFTER)
        assert self.sent_again(job, clock) == set()  # it waits in the queue now

    def test_is_the_chunk_of_a_dead_worker_whose_sender_died_before_it_marked_it(
        self, job: JobInstance, clock: HandClock
    ) -> None:
        self.chunks(job).update(sent_at=None)
        assert claim(ChunkExecution, self.chunks(job)[0].pk, clock) is not None
        clock.pass_by(conf.LEASE + SECOND)
        assert 1 in self.sent_again(job, clock)

    def test_are_chunks_of_a_restart_whose_sender_died(
        self, job: JobInstance, clock: HandClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = jobs.last_execution(job)
        assert first is not None
        jobs.stop(first.pk, clock=clock)
        with monkeypatch.context() as patch:
            patch.setattr(sending, "send", dies_at(2))
            with pytest.raises(KilledError):
                jobs.restart(job, clock=clock)
        clock.pass_by(conf.UNSENT_AFTER + SECOND)
        assert len(self.sent_again(job, clock)) == self.chunks(job).count()
