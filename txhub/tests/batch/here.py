"""Runs a job in this process: what worker processes would do, step after step."""

from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from kernel.clock import Clock, utc_now
from txhub.batch import jobs, landing, reports, work
from txhub.batch.models import ChunkExecution, JobInstance, PruneExecution
from txhub.batch.statuses import StepStatus
from txhub.feeds.rows import FeedKind


def landed_job(path: Path, *, clock: Clock = utc_now, **options: Any) -> JobInstance:
    """The registered job of a file; not started."""
    arguments = {
        "kind": FeedKind.DAILY,
        "profile": "simulated_card",
        "business_date": date(2018, 6, 1),
        "create_accounts": True,
        **options,
    }
    return jobs.register(landing.land(path, clock=clock, **arguments), clock=clock)


def run_file_step(instance: JobInstance) -> None:
    jobs.start(instance)
    instance.refresh_from_db()
    work.work_on_file(instance.file.pk)


def run_chunk_steps(instance: JobInstance) -> None:
    waiting = ChunkExecution.objects.filter(file__instance=instance, status=StepStatus.WAITING)
    for chunk_id in waiting.values_list("pk", flat=True):
        work.work_on_chunk(chunk_id)


def run_prune_step(instance: JobInstance) -> None:
    for prune_id in prunes_of(instance).values_list("pk", flat=True):
        work.work_on_prune(prune_id)


def prunes_of(instance: JobInstance) -> "QuerySet[PruneExecution]":
    """The job's prune step, if it has one."""
    return PruneExecution.objects.filter(file__instance=instance)


def run(instance: JobInstance) -> dict[str, Any]:
    """The whole job; its report."""
    run_file_step(instance)
    run_chunk_steps(instance)
    run_prune_step(instance)
    return reports.report(instance)


def ingest(path: Path, **options: Any) -> dict[str, Any]:
    return run(landed_job(path, **options))
