"""Two workers on one step, takeover, and the late loser: each guard has a test of its own."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from aws import storage
from kernel.clock import Clock, utc_now
from kernel.errors import Unavailable
from txhub.batch import conf, jobs, work
from txhub.batch.chunks import run_chunk
from txhub.batch.leases import Lease, LeaseLost, StopRequested, claim
from txhub.batch.models import ChunkExecution, FileExecution, JobInstance, QuarantinedRow
from txhub.batch.partition import run_file
from txhub.batch.reconcile import reconcile
from txhub.batch.rejects import Rejects
from txhub.batch.reports import report
from txhub.batch.statuses import JobStatus, StepStatus
from txhub.batch.steps import run_step
from txhub.resources import STAGING
from txhub.tests.batch.clocks import HandClock, KilledError, dies_at
from txhub.tests.batch.files import card_file, card_rows
from txhub.tests.batch.here import landed_job, run_chunk_steps, run_file_step
from txhub.tests.batch.stored import digest, stored_by

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def job(tmp_path: Path) -> JobInstance:
    """A job of one chunk of 40 rows, which waits."""
    instance = landed_job(card_file(tmp_path, card_rows(40, accounts=3)))
    run_file_step(instance)
    return instance


@pytest.fixture
def chunk(job: JobInstance) -> ChunkExecution:
    return ChunkExecution.objects.get(file__instance=job)


def claimed(chunk: ChunkExecution, clock: Clock) -> Lease[ChunkExecution]:
    lease = claim(ChunkExecution, chunk.pk, clock)
    assert lease is not None
    return lease


class TestClaim:
    def test_is_given_to_one_worker_only(self, chunk: ChunkExecution, clock: HandClock) -> None:
        claimed(chunk, clock)
        assert claim(ChunkExecution, chunk.pk, clock) is None

    def test_is_given_to_another_after_the_lease(
        self, chunk: ChunkExecution, clock: HandClock
    ) -> None:
        first = claimed(chunk, clock)
        clock.pass_by(conf.LEASE)
        assert claim(ChunkExecution, chunk.pk, clock) is None  # to the second
        clock.pass_by(timedelta(seconds=1))
        assert claimed(chunk, clock).token != first.token

    def test_is_not_given_for_a_finished_step(
        self, chunk: ChunkExecution, clock: HandClock
    ) -> None:
        run_chunk(claimed(chunk, clock))
        clock.pass_by(conf.LEASE * 2)
        assert claim(ChunkExecution, chunk.pk, clock) is None

    def test_is_not_given_while_the_job_stops(
        self, job: JobInstance, chunk: ChunkExecution
    ) -> None:
        execution = jobs.last_execution(job)
        assert execution is not None
        jobs.stop(execution.pk)
        assert claim(ChunkExecution, chunk.pk, utc_now) is None


class TestMessageThatComesAgain:
    """The broker delivers what is not acknowledged in time again; a large file takes longer."""

    def test_for_a_step_under_way_costs_one_question(
        self, chunk: ChunkExecution, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        claimed(chunk, utc_now)
        chunk.refresh_from_db()
        with django_assert_num_queries(1):
            work.work_on_chunk(chunk.pk)
        again = ChunkExecution.objects.get(pk=chunk.pk)
        assert (again.attempts, again.lease_token) == (1, chunk.lease_token)

    def test_for_a_finished_step_costs_one_question(
        self, chunk: ChunkExecution, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        work.work_on_chunk(chunk.pk)
        with django_assert_num_queries(1):
            work.work_on_chunk(chunk.pk)


class TestLateLoser:
    """It was given up, another took its chunk over, and now it comes back."""

    @pytest.fixture
    def loser(self, chunk: ChunkExecution, clock: HandClock) -> Lease[ChunkExecution]:
        lease = claimed(chunk, clock)
        clock.pass_by(conf.LEASE + timedelta(seconds=1))
        run_chunk(claimed(chunk, clock))
        return lease

    @pytest.mark.parametrize(
        "late",
        [
            lambda lease: lease.keep(1),
            lambda lease: lease.before_write(),
            lambda lease: lease.assert_held(),
            lambda lease: lease.finish(),
            lambda lease: lease.fail("late"),
        ],
        ids=["renewing", "writing", "quarantining", "checkpoint", "failing"],
    )
    def test_is_told_so(
        self, loser: Lease[ChunkExecution], late: Callable[[Lease[ChunkExecution]], None]
    ) -> None:
        with pytest.raises(LeaseLost):
            late(loser)

    def test_changes_nothing(
        self, job: JobInstance, chunk: ChunkExecution, loser: Lease[ChunkExecution]
    ) -> None:
        before = digest(job)
        chunk.refresh_from_db()
        state = {name: getattr(chunk, name) for name in ("status", "written", "attempts")}
        with pytest.raises(LeaseLost):
            run_chunk(loser)
        loser.release()
        chunk.refresh_from_db()
        assert {name: getattr(chunk, name) for name in state} == state
        assert digest(job) == before

    def test_does_not_fail_the_step(self, chunk: ChunkExecution, clock: HandClock) -> None:
        def overtaken(lease: Lease[ChunkExecution]) -> None:
            clock.pass_by(conf.LEASE + timedelta(seconds=1))
            claimed(chunk, clock)
            run_chunk(lease)

        assert run_step(ChunkExecution, chunk.pk, overtaken, clock=clock)
        chunk.refresh_from_db()
        assert (chunk.status, chunk.attempts) == (StepStatus.RUNNING, 2)

    def test_cannot_release_what_the_winner_holds(
        self, chunk: ChunkExecution, clock: HandClock
    ) -> None:
        loser = claimed(chunk, clock)
        clock.pass_by(conf.LEASE + timedelta(seconds=1))
        claimed(chunk, clock)
        loser.release()
        chunk.refresh_from_db()
        assert chunk.status == StepStatus.RUNNING


class TestBeforeWrite:
    def test_renews_a_lease_that_is_nearly_over(
        self, chunk: ChunkExecution, clock: HandClock
    ) -> None:
        lease = claimed(chunk, clock)
        clock.pass_by(conf.LEASE - conf.LEASE_MARGIN)
        lease.before_write()
        assert lease.expires == clock() + conf.LEASE

    def test_refuses_within_the_margin_once_another_has_it(
        self, chunk: ChunkExecution, clock: HandClock
    ) -> None:
        lease = claimed(chunk, clock)
        ChunkExecution.objects.filter(pk=chunk.pk).update(lease_token="another")
        clock.pass_by(conf.LEASE - conf.LEASE_MARGIN)
        with pytest.raises(LeaseLost):
            lease.before_write()

    def test_leaves_room_for_the_longest_call_to_aws(self) -> None:
        attempts, connect_s, read_s, waits_s = 5, 2, 5, 1 + 2 + 4 + 8
        longest_s = attempts * (connect_s + read_s) + waits_s
        assert timedelta(seconds=longest_s) < conf.LEASE_MARGIN < conf.LEASE

    def test_asks_before_every_group_of_writes(
        self, chunk: ChunkExecution, job: JobInstance, clock: HandClock
    ) -> None:
        """Whoever lost the lease before the first write writes nothing at all."""
        lease = claimed(chunk, clock)
        lease.assert_held()
        ChunkExecution.objects.filter(pk=chunk.pk).update(lease_token="another")
        lease.expires = clock()
        lease.keep = lambda _rows, **_progress: None  # type: ignore[method-assign]
        lease.assert_held = lambda: None  # type: ignore[method-assign]
        with pytest.raises(LeaseLost):
            run_chunk(lease)
        assert stored_by(job) == []


class TestRetakenChunk:
    def test_counts_as_written_what_its_first_taker_wrote(
        self, job: JobInstance, chunk: ChunkExecution, clock: HandClock
    ) -> None:
        first = claimed(chunk, clock)
        first.finish = dies_at(0)  # type: ignore[method-assign]
        with pytest.raises(KilledError):
            run_chunk(first)
        clock.pass_by(conf.LEASE + timedelta(seconds=1))
        work.work_on_chunk(chunk.pk, clock=clock)
        result = report(job)
        assert (result["status"], result["written"], result["duplicates"]) == ("COMPLETED", 40, 0)
        assert reconcile(job).agrees

    def test_quarantines_again_what_its_first_taker_had_quarantined(
        self, tmp_path: Path, clock: HandClock
    ) -> None:
        rows = card_rows(20)
        changed = rows[3].rsplit(",", 3)[0] + ",77777.77,0,0"  # the same id, another amount
        instance = landed_job(card_file(tmp_path, [*rows, changed]))
        run_file_step(instance)
        chunk = ChunkExecution.objects.get(file__instance=instance)
        first = claimed(chunk, clock)
        first.finish = dies_at(0)  # type: ignore[method-assign]
        with pytest.raises(KilledError):
            run_chunk(first)
        clock.pass_by(conf.LEASE + timedelta(seconds=1))
        work.work_on_chunk(chunk.pk, clock=clock)
        result = report(instance)
        assert (result["status"], result["written"], result["quarantined"]) == ("COMPLETED", 20, 1)
        assert QuarantinedRow.objects.filter(instance=instance).count() == 1


class TestChunk:
    def test_with_another_number_of_rows_fails(
        self, job: JobInstance, chunk: ChunkExecution
    ) -> None:
        ChunkExecution.objects.filter(pk=chunk.pk).update(rows=41)
        work.work_on_chunk(chunk.pk)
        result = report(job)
        assert (result["status"], "chunk_differs" in result["reason"]) == ("FAILED", True)

    def test_with_other_sums_fails(self, job: JobInstance, chunk: ChunkExecution) -> None:
        ChunkExecution.objects.filter(pk=chunk.pk).update(control={})
        work.work_on_chunk(chunk.pk)
        result = report(job)
        assert (result["status"], "chunk_differs" in result["reason"]) == ("FAILED", True)


class TestUnavailable:
    def test_gives_the_step_back_and_says_so(self, chunk: ChunkExecution, clock: HandClock) -> None:
        def throttled(_lease: Lease[ChunkExecution]) -> None:
            raise Unavailable

        with pytest.raises(Unavailable):
            run_step(ChunkExecution, chunk.pk, throttled, clock=clock)
        chunk.refresh_from_db()
        assert (chunk.status, chunk.lease_token) == (StepStatus.WAITING, "")


class TestTakenOverFile:
    """Two workers have had the same file step."""

    @pytest.fixture
    def waiting(self, tmp_path: Path) -> JobInstance:
        instance = landed_job(card_file(tmp_path, card_rows(40, accounts=3)))
        jobs.start(instance)
        return instance

    def claimed_file(self, instance: JobInstance, clock: Clock) -> Lease[FileExecution]:
        lease = claim(FileExecution, FileExecution.objects.get(instance=instance).pk, clock)
        assert lease is not None
        return lease

    def test_has_the_chunks_of_the_winner_alone(
        self, waiting: JobInstance, clock: HandClock
    ) -> None:
        loser = self.claimed_file(waiting, clock)
        clock.pass_by(conf.LEASE + timedelta(seconds=1))
        run_file(self.claimed_file(waiting, clock))
        loser.keep = lambda _rows, **_progress: None  # type: ignore[method-assign]
        with pytest.raises(LeaseLost):
            run_file(loser)
        objects = list(storage.list_objects(STAGING, f"{waiting.pk}/"))
        known = ChunkExecution.objects.filter(file__instance=waiting)
        assert len(objects) == 2 * len(known) == 2  # each wrote its own
        assert loser.token not in known[0].object_key

    def test_has_no_chunks_where_its_checkpoint_was_not_written(
        self, waiting: JobInstance, clock: HandClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lease = self.claimed_file(waiting, clock)
        monkeypatch.setattr(Rejects, "store", dies_at(0))  # the last thing in the transaction
        with pytest.raises(KilledError):
            run_file(lease)
        assert FileExecution.objects.get(instance=waiting).status == StepStatus.RUNNING
        assert not ChunkExecution.objects.filter(file__instance=waiting).exists()


class TestStop:
    def test_ends_a_chunk_at_its_next_group(
        self, job: JobInstance, chunk: ChunkExecution, clock: HandClock
    ) -> None:
        lease = claimed(chunk, clock)
        execution = jobs.last_execution(job)
        assert execution is not None
        jobs.stop(execution.pk)
        clock.pass_by(conf.RENEW_EVERY)
        with pytest.raises(StopRequested):
            lease.keep(1)

    def test_is_stopped_once_nothing_runs_and_goes_on_after_a_restart(
        self, job: JobInstance
    ) -> None:
        execution = jobs.last_execution(job)
        assert execution is not None
        jobs.stop(execution.pk)
        assert report(job)["status"] == JobStatus.STOPPED
        jobs.restart(job)
        run_chunk_steps(job)
        assert report(job)["status"] == JobStatus.COMPLETED
        assert report(job)["attempt"] == 2
