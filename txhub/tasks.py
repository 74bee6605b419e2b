"""Celery's door to the hub. A newer message may carry more than an older worker knows."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from aws.celery_task import HubTask
from txhub import services
from txhub.batch import expected_files, jobs, quarantine, sending, statements, watch, work
from txhub.batch.reconcile import reports


@shared_task(base=HubTask, name=sending.START_JOB)
def start_job(*, key: str, version: str | None = None, **_later: object) -> None:
    """An object has appeared in the landing bucket."""
    work.take_in(key, version)


@shared_task(base=HubTask, name=sending.RUN_FILE)
def run_file(*, file_id: str, **_later: object) -> None:
    """Validates and partitions a file."""
    work.work_on_file(file_id)


@shared_task(base=HubTask, name=sending.RUN_CHUNK)
def run_chunk(*, chunk_id: str, **_later: object) -> None:
    """Stores a chunk."""
    work.work_on_chunk(chunk_id)


@shared_task(base=HubTask, name=sending.RUN_PRUNE)
def run_prune(*, prune_id: str, **_later: object) -> None:
    """Takes away the pending entries that a full memo file does not name."""
    work.work_on_prune(prune_id)


@shared_task(base=HubTask, name=sending.REDRIVE_ROW)
def redrive_row(*, row_id: str, **_later: object) -> None:
    """Stores a quarantined row."""
    quarantine.redrive(row_id)


@shared_task(base=HubTask, name="txhub.issue_statements")
def issue_statements(**_later: object) -> None:
    """Every morning: what closed by yesterday, in the bank's time zone."""
    yesterday = timezone.localdate() - timedelta(days=1)
    jobs.start(statements.register(yesterday))


@shared_task(base=HubTask, name="txhub.expire_pending")
def expire_pending(**_later: object) -> None:
    """Every hour: what was held until before today, in the bank's time zone."""
    services.expire_pending(timezone.localdate())


@shared_task(base=HubTask, name=sending.RECONCILE_JOB)
def reconcile_job(*, job_id: str, **_later: object) -> None:
    """Holds a job's file against what is stored, by digest, and keeps the report."""
    reports.reconcile_and_keep(jobs.job_named(job_id))


@shared_task(base=HubTask, name="txhub.reconcile_jobs")
def reconcile_jobs(**_later: object) -> None:
    """Every morning: the jobs of the last week, each in a task of its own."""
    for instance in reports.jobs_to_reconcile():
        sending.send(sending.RECONCILE_JOB, job_id=instance.pk)


@shared_task(base=HubTask, name="txhub.look_for_files")
def look_for_files(**_later: object) -> None:
    """Every minute: which files are due, late or short."""
    expected_files.look_for_files()


@shared_task(base=HubTask, name="txhub.look_for_work")
def look_for_work(**_later: object) -> None:
    """Every minute: finds what a lost message or a dead worker has left."""
    watch.look_for_work()
