"""Looks for batch work that nobody was told of, or whose worker died. Run it every minute."""

from datetime import datetime, timedelta

import structlog
from django.db.models import Q, QuerySet

from kernel.clock import Clock, utc_now
from txhub.batch import conf, jobs, landing, sending
from txhub.batch.leases import lapsed
from txhub.batch.models import ChunkExecution, FileExecution, JobExecution, JobInstance
from txhub.batch.statuses import ACTIVE, WORKING, StepStatus

_log = structlog.get_logger(__name__)
# Objects that landed earlier were found by earlier looks; listing them for ever would only grow.
_DAYS_BACK = 3


def look_for_work(*, clock: Clock = utc_now) -> None:
    """Landed objects without a job, jobs that never started, steps that were lost."""
    for key in unregistered(clock):
        sending.send(sending.START_JOB, key=key, version=None)
    for feed in _feeds_waiting():
        jobs.start_waiting(feed, clock=clock)
    for execution_id in _active_executions():
        recover(execution_id, clock=clock)


def recover(execution_id: str, *, clock: Clock = utc_now) -> None:
    """Sends the execution's lost steps again, and ends it where nothing is left to do."""
    files = FileExecution.objects.filter(execution_id=execution_id)
    chunks = ChunkExecution.objects.filter(execution_id=execution_id)
    if JobExecution.objects.filter(pk=execution_id, status__in=WORKING).exists():
        _send_again(files.filter(_lost(clock())), chunks.filter(_lost(clock())), clock)
    else:
        for steps in (files, chunks):  # stopping: a dead worker will not give its lease back
            steps.filter(lapsed(clock())).update(status=StepStatus.WAITING, lease_token="")
    jobs.settle(execution_id, clock=clock)


def _send_again(
    files: "QuerySet[FileExecution]", chunks: "QuerySet[ChunkExecution]", clock: Clock
) -> None:
    for file_id in files.values_list("pk", flat=True):
        sending.send_file(file_id, clock=clock)
    lost = list(chunks.values_list("pk", flat=True))
    sending.send_chunks(lost, clock=clock)
    if lost:
        _log.warning("chunks_sent_again", number=len(lost))


def unregistered(clock: Clock) -> list[str]:
    """Keys of landed objects that are nobody's."""
    today = clock().date()
    days = [today - timedelta(days=back) for back in range(_DAYS_BACK)]
    keys = list(landing.unreceived(days))
    known = set(
        JobInstance.objects.filter(object_key__in=keys).values_list("object_key", flat=True)
    )
    return [key for key in keys if key not in known]


def _lost(now: datetime) -> Q:
    """Steps whose worker died, and steps whose message seems lost."""
    message_lost = Q(status=StepStatus.WAITING) & _not_sent_since(now - conf.RESEND_AFTER)
    worker_lost = lapsed(now) & _not_sent_since(now - conf.RENEW_EVERY)
    return message_lost | worker_lost


def _not_sent_since(moment: datetime) -> Q:
    return Q(sent_at=None) | Q(sent_at__lt=moment)


def _feeds_waiting() -> list[str]:
    waiting = JobInstance.objects.filter(executions=None)
    return list(waiting.order_by("feed").values_list("feed", flat=True).distinct())


def _active_executions() -> list[str]:
    return list(JobExecution.objects.filter(status__in=ACTIVE).values_list("pk", flat=True))
