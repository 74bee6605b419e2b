"""Jobs: registered once for each input, attempted until one attempt completes."""

from datetime import datetime

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, Missing
from txhub.batch.closing import counts_so_far, fault_of
from txhub.batch.counts import Counts
from txhub.batch.landing import Landed
from txhub.batch.models import (
    FileExecution,
    JobExecution,
    JobInstance,
    PruneExecution,
    steps_of,
)
from txhub.batch.sending import send_due_prune, send_file, send_waiting_chunks
from txhub.batch.statuses import ACTIVE, NEXT, RESTARTABLE, JobStatus, StepStatus, before
from txhub.metrics import FILE_SECONDS, FILES, ROWS, FeedLabels, FileLabels, RowLabels

_log = structlog.get_logger(__name__)


class JobMissing(Missing):
    """There is no such job."""

    code = "job_missing"


class NotRestartable(Conflict):
    """Only a stopped or failed job can be restarted."""

    code = "not_restartable"


class FeedBusy(Conflict):
    """Another file of this feed is being brought in; wait for it, or stop it."""

    code = "feed_busy"


class NotRunning(Conflict):
    """The job is not running."""

    code = "not_running"


class NotAbandonable(Conflict):
    """Only a stopped or failed job can be abandoned; stop it first."""

    code = "not_abandonable"


def register(landed: Landed, *, clock: Clock = utc_now) -> JobInstance:
    """The job of a landed object: a new one, or the one it has."""
    about = landed.description
    try:
        instance, _created = JobInstance.objects.get_or_create(
            object_key=landed.key,
            object_version=landed.version,
            defaults={
                "kind": about.kind,
                "feed": about.feed,
                "profile": about.profile,
                "business_date": about.business_date,
                "create_accounts": about.create_accounts,
                "size_bytes": landed.size,
                "landed_at": clock(),
            },
        )
    except IntegrityError:  # lost the race, and the other transaction was not seen
        return JobInstance.objects.get(object_key=landed.key, object_version=landed.version)
    return instance


def start(instance: JobInstance, *, clock: Clock = utc_now) -> JobExecution | None:
    """The first attempt at a job; None where it has begun already, or its feed is busy.

    Then it waits: the end of the feed's running job, or the next look for work, starts it.
    """
    execution = _begin(instance, number=1, clock=clock)
    if execution is not None:
        send_file(instance.file.pk, clock=clock)
    return execution


def restart(instance: JobInstance, *, clock: Clock = utc_now) -> JobExecution:
    """A new attempt, which goes on after the finished steps.

    Raises `NotRestartable` or `FeedBusy`.
    """
    last = last_execution(instance)
    if last is None or last.status not in RESTARTABLE:
        raise NotRestartable
    execution = _begin(instance, number=last.number + 1, clock=clock)
    if execution is None:
        raise FeedBusy
    _send_unfinished(instance, clock)
    settle(execution.pk, clock=clock)  # nothing may be left to do
    execution.refresh_from_db()
    return execution


def stop(execution_id: str, *, clock: Clock = utc_now) -> None:
    """Asks a running job to stop after the groups under way. Raises `NotRunning`."""
    if not _move(execution_id, JobStatus.STOPPING):
        raise NotRunning
    settle(execution_id, clock=clock)


def abandon(execution_id: str) -> None:
    """The job will never be restarted; what it has stored stays. Raises `NotAbandonable`."""
    if not _move(execution_id, JobStatus.ABANDONED):
        raise NotAbandonable


def settle(execution_id: str, *, clock: Clock = utc_now) -> None:
    """Ends an execution that has nothing left to do. Call it whenever a step has ended.

    The row is locked meanwhile, so exactly one caller ends it.
    """
    with transaction.atomic():
        execution = (
            JobExecution.objects.select_for_update(of=("self",))
            .select_related("instance")
            .get(pk=execution_id)
        )
        outcome = _outcome(execution) if execution.status in ACTIVE else None
        if outcome is None:
            return
        status, reason = outcome
        _end(execution, status, reason, clock())
    start_waiting(execution.feed, clock=clock)


def start_waiting(feed: str, *, clock: Clock = utc_now) -> None:
    """Starts the feed's next file, in the order of landing."""
    waiting = JobInstance.objects.filter(feed=feed, executions=None).order_by("landed_at", "id")
    following = waiting.first()
    if following is not None:
        start(following, clock=clock)


def last_execution(instance: JobInstance) -> JobExecution | None:
    return instance.executions.order_by("-number").first()


def job_named(job_id: str) -> JobInstance:
    """Raises `JobMissing`."""
    try:
        return JobInstance.objects.get(pk=job_id)
    except JobInstance.DoesNotExist:
        raise JobMissing(f"there is no job {job_id[:24]!r}") from None


def _begin(instance: JobInstance, *, number: int, clock: Clock) -> JobExecution | None:
    """Creates the attempt and hands it the unfinished steps.

    None where the feed is busy, or somebody has begun this very attempt: the database says so.
    """
    try:
        with transaction.atomic():
            execution = JobExecution.objects.create(
                instance=instance, feed=instance.feed, number=number, started_at=clock()
            )
            file, _created = FileExecution.objects.get_or_create(
                instance=instance, defaults={"execution": execution}
            )
            _take_over(file, execution)
    except IntegrityError:
        return None
    _log.info("job_begun", job=instance.pk, feed=instance.feed, attempt=number)
    return execution


def _take_over(file: FileExecution, execution: JobExecution) -> None:
    for steps in steps_of(file):
        steps.exclude(status=StepStatus.COMPLETED).update(
            execution=execution,
            status=StepStatus.WAITING,
            lease_token="",
            lease_expires=None,
            sent_at=None,
            attempts=0,
            reason="",
        )


def _send_unfinished(instance: JobInstance, clock: Clock) -> None:
    file = FileExecution.objects.get(instance=instance)
    if file.status != StepStatus.COMPLETED:
        send_file(file.pk, clock=clock)
        return
    send_waiting_chunks(file.pk, clock=clock)
    send_due_prune(file.pk, clock=clock)


def _move(execution_id: str, to: JobStatus, **columns: object) -> bool:
    allowed = JobExecution.objects.filter(pk=execution_id, status__in=before(to))
    return bool(allowed.update(status=to, **columns))


def _outcome(execution: JobExecution) -> tuple[JobStatus, str] | None:
    """How it has ended, or None where it has not."""
    file = execution.instance.file
    if file.status == StepStatus.FAILED:
        return JobStatus.FAILED, file.reason
    left = _steps_by_status(file)
    stopping = execution.status == JobStatus.STOPPING
    if left["running"] or (left["waiting"] and not stopping):
        return None
    if left["waiting"]:
        return JobStatus.STOPPED, ""
    if left["failed"]:
        return JobStatus.FAILED, _chunk_reasons(file, left["failed"])
    if fault := fault_of(execution.instance):
        return JobStatus.FAILED, fault
    return _outcome_of_prune(file, stopping)


def _outcome_of_prune(file: FileExecution, stopping: bool) -> tuple[JobStatus, str] | None:
    prune = PruneExecution.objects.filter(file=file).first()
    if prune is None or prune.status == StepStatus.COMPLETED:
        return JobStatus.COMPLETED, ""
    if prune.status == StepStatus.FAILED:
        return JobStatus.FAILED, prune.reason
    return (JobStatus.STOPPED, "") if stopping and prune.status == StepStatus.WAITING else None


def _steps_by_status(file: FileExecution) -> dict[str, int]:
    counted = file.chunks.aggregate(
        **{
            status.lower(): Count("pk", filter=Q(status=status))
            for status in (StepStatus.RUNNING, StepStatus.WAITING, StepStatus.FAILED)
        }
    )
    if file.status != StepStatus.COMPLETED:
        counted[file.status.lower()] += 1
    return counted


def _chunk_reasons(file: FileExecution, failed: int) -> str:
    first = file.chunks.filter(status=StepStatus.FAILED).order_by("number").first()
    assert first is not None
    return f"{failed} of {file.chunk_count} chunks failed; chunk {first.number}: {first.reason}"


def _end(execution: JobExecution, status: JobStatus, reason: str, now: datetime) -> None:
    if status not in NEXT[JobStatus(execution.status)]:
        _move(execution.pk, JobStatus.RUNNING)  # a restart that found nothing left to do
    counts = counts_so_far(execution.instance)
    ended = _move(execution.pk, status, reason=reason, ended_at=now, **counts.as_columns())
    assert ended, f"{execution.status} -> {status}"
    _measure(execution, status, counts, now)
    _log.info("job_ended", job=execution.instance_id, status=status, attempt=execution.number)


def _measure(execution: JobExecution, status: JobStatus, counts: Counts, now: datetime) -> None:
    FILES.add(FileLabels(execution.instance.kind, execution.feed, status.lower()))
    FILE_SECONDS.observe(FeedLabels(execution.feed), execution.seconds(now))
    if execution.instance.brings_in:  # what others count are no rows: mails, statements
        for outcome, rows in counts.by_outcome().items():
            ROWS.add(RowLabels(outcome), rows)


def mark_running(execution_id: str) -> None:
    """Its first step has begun."""
    JobExecution.objects.filter(pk=execution_id, status=JobStatus.STARTING).update(
        status=JobStatus.RUNNING
    )


def abandon_instance(job_id: str) -> None:
    """Abandons a job's last attempt; again: nothing. Raises `JobMissing`, `NotAbandonable`."""
    last = last_execution(job_named(job_id))
    if last is None:
        raise NotAbandonable
    if last.status != JobStatus.ABANDONED:
        abandon(last.pk)
