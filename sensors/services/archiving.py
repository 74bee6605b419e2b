"""Days that are closed go into the archive, are read back, and compared with their bins.

Day by day and in order, so that the last day that is kept says how far a group is. All of it may be
done again, or by two at once: an object is another version then, and the note of a day says the
same. What is in memory is a row group, and the packed bins of a day of one sensor.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

import structlog

from kernel.errors import Unavailable
from sensors.archive import ARCHIVE_REPOSITORY, read_object, write_object
from sensors.conf import Conf
from sensors.domain.archiving import (
    DAY,
    ArchivedDay,
    Tally,
    days,
    end_of_day,
    last_day_before,
    range_of_day,
)
from sensors.domain.batches import GROUPS
from sensors.domain.overview import stretches
from sensors.domain.partitions import Tier
from sensors.domain.readings import NONE
from sensors.formats.parquet import Part
from sensors.metrics import ARCHIVE_LATE, ARCHIVED, GroupLabels
from sensors.repository import SENSOR_REPOSITORY
from sensors.resources import READINGS

log = structlog.get_logger(__name__)
_SENSORS_AT_ONCE = 100


class ArchiveDiffers(Unavailable):
    """What was written to the archive does not read back as what the bins hold."""

    code = "archive_differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a group's archive is. `late`: days that are shown from bins no more, nor kept."""

    group: int
    latest: ArchivedDay | None
    due: int
    late: tuple[date, ...]


def archive_group(group: int, conf: Conf, *, now: datetime) -> None:
    """Archives a group's closed days. Raises `Unavailable`; what is late is seen to before."""
    try:
        for day in _due(group, conf, now):
            _archive_day(group, day)
    finally:
        _see_to_late(standing(group, conf, now=now), conf, now)


def standings(conf: Conf, *, now: datetime) -> list[Standing]:
    """How far the archive of each group is."""
    return [standing(group, conf, now=now) for group in range(GROUPS)]


def standing(group: int, conf: Conf, *, now: datetime) -> Standing:
    """How far a group's archive is."""
    due = list(_due(group, conf, now))
    return Standing(
        group=group,
        latest=ARCHIVE_REPOSITORY.latest(group),
        due=len(due),
        late=tuple(day for day in due if end_of_day(day) + conf.kept <= now),
    )


def _due(group: int, conf: Conf, now: datetime) -> Iterator[date]:
    """Closed days that are not kept. The first time: all whose bins may still be there."""
    under_way = timedelta(hours=READINGS.retention_hours) + conf.replay
    closed = last_day_before(now - conf.late_max - under_way)
    latest = ARCHIVE_REPOSITORY.latest(group)
    if latest is None:
        return days(last_day_before(now - conf.kept - conf.deleted_after), closed)
    return days(latest.day + DAY, closed)


def _archive_day(group: int, day: date) -> None:
    written = Tally()
    parts = _counted(_said(group, day), written)
    first = list(islice(parts, 1))
    key, version, size = "", "", 0
    if first:
        key, version, size = write_object(group, day, _chained(first, parts))
    kept = ArchivedDay(
        group=group,
        day=day,
        count=written.count,
        digest=written.digest(),
        key=key,
        version=version,
        size=size,
    )
    _read_back(kept)
    ARCHIVE_REPOSITORY.note(kept)
    ARCHIVED.add(GroupLabels(str(group)), kept.count)
    log.info("sensor_day_archived", group=group, day=day.isoformat(), readings=kept.count)


def _read_back(kept: ArchivedDay) -> None:
    found = Tally()
    for sensor, rows in read_object(kept):
        found.add(sensor, rows)
    if (found.count, found.digest()) != (kept.count, kept.digest):
        raise ArchiveDiffers


def _said(group: int, day: date) -> Iterator[Part]:
    """What the bins hold of a day, each sensor's readings in order."""
    first_ns, end_ns = range_of_day(day)
    for sensor, tiers in _sensors(group):
        bins = SENSOR_REPOSITORY.bins(sensor, tiers, first_ns, end_ns)
        for part in stretches((each.bin for each in bins), NONE, first_ns, end_ns):
            yield sensor, part.readings()


def _sensors(group: int) -> Iterator[tuple[str, Iterable[Tier]]]:
    """All sensors of a group with their tiers, in order."""
    names = SENSOR_REPOSITORY.sensors_of(group)
    while some := list(islice(names, _SENSORS_AT_ONCE)):
        tiers = SENSOR_REPOSITORY.tiers(some)
        yield from ((sensor, sorted(tiers[sensor])) for sensor in some)


def _counted(parts: Iterator[Part], tally: Tally) -> Iterator[Part]:
    for sensor, rows in parts:
        tally.add(sensor, rows)
        yield sensor, rows


def _chained(first: list[Part], rest: Iterator[Part]) -> Iterator[Part]:
    """All of them, holding on to none."""
    while first:
        yield first.pop()
    yield from rest


def _see_to_late(found: Standing, conf: Conf, now: datetime) -> None:
    """Says so, and keeps DynamoDB from deleting what the archive does not have yet."""
    ARCHIVE_LATE.set(GroupLabels(str(found.group)), len(found.late))
    if not found.late:
        return
    log.error(
        "sensor_archive_late",
        group=found.group,
        days=len(found.late),
        first=found.late[0].isoformat(),
    )
    for sensor, tiers in _sensors(found.group):
        for day in found.late:
            SENSOR_REPOSITORY.keep_longer(
                sensor,
                tiers,
                range_of_day(day),
                if_deleted_before=now + conf.deleted_after / 2,
                until=now + conf.deleted_after,
            )
