import threading
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, connection
from django.db.models import F

from kernel.clock import utc_now
from txhub.batch import conf, jobs, landing, work
from txhub.batch.leases import claim
from txhub.batch.models import (
    ChunkExecution,
    FileExecution,
    JobExecution,
    JobInstance,
    QuarantinedRow,
    short_id,
)
from txhub.batch.reports import Progress, progress, report
from txhub.batch.statuses import NEXT, JobStatus, StepStatus
from txhub.feeds.rows import FeedKind
from txhub.tests.batch.files import card_file, card_rows
from txhub.tests.batch.here import ingest, landed_job, run, run_chunk_steps, run_file_step

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return card_file(tmp_path, card_rows(50))


class TestStatuses:
    def test_agree_with_their_chart(self) -> None:
        chart = (ROOT / "docs/states/job_execution.md").read_text()
        arrows = {
            tuple(part.strip() for part in line.split("-->"))
            for line in chart.splitlines()
            if "-->" in line and "[*]" not in line
        }
        assert arrows == {(str(old), str(new)) for old, moves in NEXT.items() for new in moves}


class TestSameObjectTwice:
    def test_is_one_job(self, file: Path) -> None:
        landed = landing.land(
            file,
            kind=FeedKind.DAILY,
            profile="simulated_card",
            business_date=date(2018, 6, 1),
            create_accounts=True,
        )
        assert jobs.register(landed) == jobs.register(landed)

    def test_started_twice_is_one_attempt(self, file: Path) -> None:
        instance = landed_job(file)
        assert jobs.start(instance) is not None
        assert jobs.start(instance) is None
        assert JobExecution.objects.filter(instance=instance).count() == 1

    def test_delivered_again_after_its_end_changes_nothing(self, file: Path) -> None:
        instance = landed_job(file)
        before = run(instance)
        work.take_in(instance.object_key, instance.object_version)
        work.work_on_file(instance.file.pk)
        run_chunk_steps(instance)
        for chunk in instance.file.chunks.all():
            work.work_on_chunk(chunk.pk)
        assert report(instance) == before

    def test_registered_by_two_at_once_is_one_job(self, file: Path) -> None:
        landed = landing.land(
            file, kind=FeedKind.DAILY, profile="simulated_card", business_date=date(2018, 6, 1)
        )
        found: list[str] = []

        def register() -> None:
            found.append(jobs.register(landed).pk)
            connection.close()

        threads = [threading.Thread(target=register) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 4
        assert len(set(found)) == 1


class TestOneFeed:
    def test_brings_in_one_file_after_the_other(self, tmp_path: Path) -> None:
        rows = card_rows(30)
        first, second = (
            landed_job(card_file(tmp_path, rows, name)) for name in ("one.csv", "two.csv")
        )
        run_file_step(first)
        assert jobs.start(second) is None
        assert report(second)["status"] == "WAITING"
        run_chunk_steps(first)
        assert report(first)["status"] == JobStatus.COMPLETED
        assert report(second)["status"] == JobStatus.STARTING  # the end of the first started it
        work.work_on_file(JobInstance.objects.get(pk=second.pk).file.pk)
        run_chunk_steps(second)
        assert report(second)["duplicates"] == 30


class TestRestart:
    def test_goes_on_after_the_finished_chunks(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(conf, "CHUNK_ROWS", 20)
        instance = landed_job(card_file(tmp_path, card_rows(100, accounts=6)))
        run_file_step(instance)
        chunks = list(ChunkExecution.objects.filter(file__instance=instance))
        assert len(chunks) > 2
        work.work_on_chunk(chunks[0].pk)
        ChunkExecution.objects.filter(pk=chunks[1].pk).update(object_key="lost")
        run_chunk_steps(instance)
        assert report(instance)["status"] == JobStatus.FAILED
        ChunkExecution.objects.filter(pk=chunks[1].pk).update(object_key=chunks[1].object_key)
        jobs.restart(instance)
        run_chunk_steps(instance)
        result = report(instance)
        assert (result["status"], result["written"], result["attempt"]) == ("COMPLETED", 100, 2)
        done = ChunkExecution.objects.get(pk=chunks[0].pk)
        assert (done.attempts, done.execution.number) == (1, 1)

    def test_is_refused_for_a_completed_job(self, file: Path) -> None:
        instance = landed_job(file)
        run(instance)
        with pytest.raises(jobs.NotRestartable):
            jobs.restart(instance)

    def test_is_refused_for_an_abandoned_job(self, file: Path) -> None:
        instance = landed_job(file)
        run_file_step(instance)
        execution = jobs.last_execution(instance)
        assert execution is not None
        jobs.stop(execution.pk)
        jobs.abandon(execution.pk)
        with pytest.raises(jobs.NotRestartable):
            jobs.restart(instance)


class TestMoves:
    def test_that_the_chart_does_not_have_are_refused(self, file: Path) -> None:
        instance = landed_job(file)
        run_file_step(instance)
        execution = jobs.last_execution(instance)
        assert execution is not None
        with pytest.raises(jobs.NotAbandonable):
            jobs.abandon(execution.pk)
        run_chunk_steps(instance)
        for move, refusal in ((jobs.stop, jobs.NotRunning), (jobs.abandon, jobs.NotAbandonable)):
            with pytest.raises(refusal):
                move(execution.pk)
        assert report(instance)["status"] == JobStatus.COMPLETED

    def test_to_the_end_are_made_once(self, file: Path) -> None:
        instance = landed_job(file)
        run(instance)
        execution = jobs.last_execution(instance)
        assert execution is not None
        jobs.settle(execution.pk)
        again = jobs.last_execution(instance)
        assert again is not None
        assert again.ended_at == execution.ended_at


class TestEnd:
    @pytest.fixture
    def job(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> JobInstance:
        """Two chunks at least, all but the last one stored."""
        monkeypatch.setattr(conf, "CHUNK_ROWS", 20)
        instance = landed_job(file)
        run_file_step(instance)
        for chunk in instance.file.chunks.all()[1:]:
            work.work_on_chunk(chunk.pk)
        return instance

    def test_waits_for_the_last_worker(self, job: JobInstance) -> None:
        last = claim(ChunkExecution, job.file.chunks.all()[0].pk, utc_now)
        assert last is not None
        jobs.settle(last.step.execution_id)
        assert report(job)["status"] == JobStatus.RUNNING

    def test_is_failure_where_the_rows_do_not_add_up(self, job: JobInstance) -> None:
        done = job.file.chunks.filter(status=StepStatus.COMPLETED)
        done.update(written=F("written") - 1)
        run_chunk_steps(job)
        assert (report(job)["status"], report(job)["reason"]) == (
            "FAILED",
            "internal error: the rows do not add up",
        )


class TestDatabase:
    def test_refuses_a_chunk_twice(self, file: Path) -> None:
        instance = landed_job(file)
        run_file_step(instance)
        chunk = ChunkExecution.objects.get(file__instance=instance)
        chunk.pk = short_id()
        with pytest.raises(IntegrityError):
            chunk.save(force_insert=True)

    def test_refuses_a_row_twice_in_quarantine(self, file: Path) -> None:
        instance = landed_job(file)
        row = {"instance": instance, "line": 7, "code": "x", "reason": "x", "sealed": b"x"}
        QuarantinedRow.objects.create(**row)
        with pytest.raises(IntegrityError):
            QuarantinedRow.objects.create(**row)


class TestStepThatNeverEnds:
    def test_is_given_up_after_some_attempts(self, file: Path) -> None:
        instance = landed_job(file)
        jobs.start(instance)
        FileExecution.objects.filter(instance=instance).update(attempts=conf.ATTEMPTS_MAX)
        work.work_on_file(FileExecution.objects.get(instance=instance).pk)
        result = report(instance)
        assert result["status"] == JobStatus.FAILED
        assert "given up" in result["reason"]


class TestReport:
    def test_adds_up_and_sums_written_and_duplicates(self, file: Path) -> None:
        first, second = ingest(file), ingest(file)
        for result in (first, second):
            parts = ("written", "updated", "matched", "skipped", "quarantined", "duplicates")
            assert result["read"] == sum(result[name] for name in parts)
        assert first["totals"] == second["totals"]


class TestProgress:
    def test_of_one_who_watches_from_the_start_goes_through_all_phases(self, file: Path) -> None:
        instance = landed_job(file)
        assert progress(instance).phase == "waiting"
        jobs.start(instance)
        assert progress(instance).phase == "validating"
        work.work_on_file(instance.file.pk)
        assert (progress(instance).phase, progress(instance).of) == ("storing", 50)
        run_chunk_steps(instance)
        assert progress(instance) == Progress(phase="storing", done=50, of=50, finished=True)
