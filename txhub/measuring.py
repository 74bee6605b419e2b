"""What the hub is asked for from time to time: how old its feeds are, and what waits for people."""

from datetime import datetime, timedelta

from django.db.models import Count, Max, Min

from aws.metrics import use_case
from aws.metrics.instruments import NoLabels
from kernel.clock import Clock, utc_now
from txhub import queries, services
from txhub.batch.models import JobExecution, JobInstance, QuarantinedRow
from txhub.batch.statuses import ACTIVE, JobStatus, RowStatus
from txhub.feeds.rows import FeedKind
from txhub.metrics import (
    DISPUTE_AGE,
    DISPUTES_OPEN,
    FEED_AGE,
    JOBS,
    OLDEST_ACTIVE,
    PENDING_ACCOUNTS,
    QUARANTINED,
    FeedLabels,
    StateLabels,
)

_WEEK = timedelta(days=7)


@use_case("monitoring.batch")
def batch(*, clock: Clock = utc_now) -> None:
    """Jobs and quarantine, as the relational database has them."""
    now = clock()
    recent = JobExecution.objects.filter(started_at__gt=now - _WEEK)
    by_status = dict(recent.values_list("status").annotate(Count("pk")).order_by())
    JOBS.replace({StateLabels(each.lower()): by_status.get(each, 0) for each in JobStatus})
    active = JobExecution.objects.filter(status__in=ACTIVE).aggregate(at=Min("started_at"))
    waiting = JobInstance.objects.filter(executions=None).aggregate(at=Min("landed_at"))
    oldest = min(filter(None, (active["at"], waiting["at"])), default=None)
    OLDEST_ACTIVE.set(NoLabels(), _age_s(oldest, now))
    QUARANTINED.set(NoLabels(), QuarantinedRow.objects.filter(status=RowStatus.OPEN).count())


@use_case("monitoring.feeds")
def feeds(*, clock: Clock = utc_now) -> None:
    """How fresh each feed is."""
    completed = JobExecution.objects.filter(status=JobStatus.COMPLETED, instance__kind__in=FeedKind)
    ended = completed.values_list("feed").annotate(Max("ended_at")).order_by()
    FEED_AGE.replace({FeedLabels(feed): _age_s(at, clock()) for feed, at in ended})


@use_case("monitoring.pending")
def pending() -> None:
    """How many accounts wait for a feed's postings."""
    known = JobInstance.objects.filter(kind__in=FeedKind).values_list("feed", flat=True)
    PENDING_ACCOUNTS.replace(
        {
            FeedLabels(feed): sum(1 for _account in services.accounts_with_pending(feed))
            for feed in known.order_by().distinct()
        }
    )


@use_case("monitoring.disputes")
def disputes(*, clock: Clock = utc_now) -> None:
    """What customers wait for."""
    waiting = queries.open_disputes()
    DISPUTES_OPEN.set(NoLabels(), len(waiting))
    DISPUTE_AGE.set(NoLabels(), _age_s(waiting[0].opened_at if waiting else None, clock()))


def _age_s(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
