"""Looks for batch work that nobody was told of, or whose worker died. Run it every minute."""

from datetime import datetime, timedelta

import structlog
from django.db.models import F, Max, Q

from kernel.clock import Clock, utc_now
from txhub.batch import conf, jobs, landing, sending
from txhub.batch.leases import lapsed
from txhub.batch.models import FileExecution, JobExecution, JobInstance, steps_of
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
    execution = JobExecution.objects.select_related("instance__file").get(pk=execution_id)
    file = execution.instance.file
    if execution.status in WORKING:
        _send_again(file, _lost(execution, clock()), clock)
    else:
        for steps in steps_of(file):  # stopping: a dead worker will not give its lease back
            steps.filter(lapsed(clock())).update(status=StepStatus.WAITING, lease_token="")
    jobs.settle(execution_id, clock=clock)


def _send_again(file: FileExecution, lost: Q, clock: Clock) -> None:
    files, chunks, prunes = (list(steps.filter(lost)) for steps in steps_of(file))
    for each in files:
        sending.send_file(each.pk, clock=clock)
    sending.send_chunks([each.pk for each in chunks], clock=clock)
    for each in prunes:
        if sending.is_due(each.pk):
            sending.send_prune(each.pk, clock=clock)
    if chunks:
        _log.warning("chunks_sent_again", number=len(chunks))


def unregistered(clock: Clock) -> list[str]:
    """Keys of landed objects that are nobody's."""
    today = clock().date()
    days = [today - timedelta(days=back) for back in range(_DAYS_BACK)]
    keys = list(landing.unreceived(days))
    known = set(
        JobInstance.objects.filter(object_key__in=keys).values_list("object_key", flat=True)
    )
    return [key for key in keys if key not in known]


def _lost(execution: JobExecution, now: datetime) -> Q:
    """Which steps nobody will work on by themselves.

    never sent      whoever sends them marks group after group; so nothing is marked for a while
    message lost    nothing of the job is sent or begun for long, and yet they wait
    worker lost     their lease is over, and they were not sent since, or long ago
    """
    quiet_for = now - _last_sign_of(execution)
    long_ago = now - conf.RESEND_AFTER
    not_sent_since = Q(sent_at=None) | Q(sent_at__lt=F("lease_expires")) | Q(sent_at__lt=long_ago)
    lost = lapsed(now) & not_sent_since
    if quiet_for > conf.UNSENT_AFTER:
        lost |= Q(status=StepStatus.WAITING, sent_at=None)
    if quiet_for > conf.RESEND_AFTER:
        lost |= Q(status=StepStatus.WAITING, sent_at__lt=long_ago)
    return lost


def _last_sign_of(execution: JobExecution) -> datetime:
    """When a step of the job was last sent, begun or ended."""
    signs = [execution.started_at]
    for steps in steps_of(execution.instance.file):
        newest = steps.aggregate(Max("sent_at"), Max("started_at"), Max("ended_at"))
        signs += filter(None, newest.values())
    return max(signs)


def _feeds_waiting() -> list[str]:
    waiting = JobInstance.objects.filter(executions=None)
    return list(waiting.order_by("feed").values_list("feed", flat=True).distinct())


def _active_executions() -> list[str]:
    return list(JobExecution.objects.filter(status__in=ACTIVE).values_list("pk", flat=True))
