"""Files that are due: noted before they are, and judged by what has been brought in.

A file counts once a job of its feed, kind and business date has completed; several add up. Whoever
changes a status says so once, in the log and as a metric.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db.models import Max

from kernel.clock import Clock, utc_now
from txhub.batch.closing import counts_so_far
from txhub.batch.metrics import FEED_FILES, FeedFileLabels
from txhub.batch.models import ExpectedFile, JobExecution, JobInstance
from txhub.batch.statuses import ARRIVAL_NEXT, ArrivalStatus, JobStatus
from txhub.feeds.schedule import Expectation, Schedule, load_schedule

_log = structlog.get_logger(__name__)
# A file that is missed for longer is no longer looked for.
_LOOKED_FOR = timedelta(days=14)
# What fell due while nobody looked is noted afterwards, so far back.
_BACK = timedelta(days=7)
_OPEN = [each for each, moves in ARRIVAL_NEXT.items() if moves]


def look_for_files(*, clock: Clock = utc_now) -> None:
    """Notes which files are due within a day, and how those that are noted stand. May be repeated
    at any time, by any number of processes."""
    now, schedule = clock(), current_schedule()
    for expectation in schedule.expectations:
        for day in _days(schedule, expectation, now):
            _note(expectation, day)
    due_since = now - _LOOKED_FOR
    for file in ExpectedFile.objects.filter(status__in=_OPEN, due_at__gte=due_since):
        _judge(file, now)


def current_schedule() -> Schedule:
    """What `TXHUB_FEED_SCHEDULE` says. Raises `ProfileInvalid`, `OSError`."""
    path: str = settings.FEED_SCHEDULE
    return load_schedule(Path(path)) if path else Schedule()


def _days(schedule: Schedule, expectation: Expectation, now: datetime) -> Iterator[date]:
    """Business dates whose files are due by tomorrow at this time, and not noted yet. A feed that
    nothing was ever noted of begins now."""
    zone = _zone()
    noted = ExpectedFile.objects.filter(feed=expectation.feed, kind=expectation.kind)
    last: date | None = noted.aggregate(last=Max("business_date"))["last"]
    today = now.astimezone(zone).date()
    first = max(last + timedelta(days=1), today - _BACK) if last else today - _BACK
    for day in schedule.days(expectation, first, today + timedelta(days=1)):
        due_at = expectation.due_at(day, zone)
        if due_at <= now + timedelta(days=1) and (last or due_at > now):
            yield day


def _note(expectation: Expectation, day: date) -> None:
    ExpectedFile.objects.get_or_create(
        feed=expectation.feed,
        kind=expectation.kind,
        business_date=day,
        defaults={
            "due_at": expectation.due_at(day, _zone()),
            "rows_at_least": expectation.rows_at_least,
        },
    )


def _judge(file: ExpectedFile, now: datetime) -> None:
    jobs = _completed(file)
    rows = sum(counts_so_far(each).read for each in jobs)
    status = _status(file, rows if jobs else None, now)
    if status == file.status:
        return
    arrived_at = _ended(jobs)
    same = ExpectedFile.objects.filter(pk=file.pk, status=file.status)
    if same.update(status=status, rows=rows, arrived_at=arrived_at, noted_at=now):
        FEED_FILES.add(FeedFileLabels(file.feed, status))
        tell = _log.info if status is ArrivalStatus.ARRIVED else _log.warning
        tell("feed_file", feed=file.feed, day=str(file.business_date), status=status, rows=rows)


def _status(file: ExpectedFile, rows: int | None, now: datetime) -> ArrivalStatus:
    if rows is not None:
        return ArrivalStatus.SHORT if rows < file.rows_at_least else ArrivalStatus.ARRIVED
    return ArrivalStatus.LATE if now >= file.due_at else ArrivalStatus.WAITING


def _completed(file: ExpectedFile) -> list[JobInstance]:
    jobs = JobInstance.objects.filter(
        feed=file.feed,
        kind=file.kind,
        business_date=file.business_date,
        executions__status=JobStatus.COMPLETED,
    )
    return list(jobs)


def _ended(jobs: list[JobInstance]) -> datetime | None:
    completed = JobExecution.objects.filter(instance__in=jobs, status=JobStatus.COMPLETED)
    ended: datetime | None = completed.aggregate(ended=Max("ended_at"))["ended"]
    return ended


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.BANK_TIME_ZONE)
