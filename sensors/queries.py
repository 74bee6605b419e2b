"""Reading what sensors have said. All functions raise `Unavailable`.

What is older than `kept` (and the hour begun) comes from the archive, and nowhere else: bins that
DynamoDB has yet to delete are not looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import numpy as np
import structlog

from kernel.errors import Refused, Unavailable
from sensors import tails
from sensors.archive import ARCHIVE_REPOSITORY, read_sensor
from sensors.conf import conf
from sensors.domain.archiving import ArchivedDay, day_of, range_of_day
from sensors.domain.batches import group_of
from sensors.domain.bins import Point
from sensors.domain.overview import Stretch, stretches
from sensors.domain.readings import NONE, NS_PER_S, Readings, ns, union
from sensors.repository import SENSOR_REPOSITORY

log = structlog.get_logger(__name__)
_WINDOW_NS = 3600 * NS_PER_S
_WIDER = 4
ARCHIVED_DAYS_MAX = 31
_ARCHIVED_READINGS_MAX = 5_000_000


class RangeTooLong(Refused):
    """The range has too much from the archive for one answer: ask for a shorter one."""

    code = "range_too_long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A range of readings. `is_fresh`: the newest are among them, which are in no bin yet.

    `is_archived`: some of them come from the archive.
    """

    parts: list[Stretch]
    is_fresh: bool
    is_archived: bool = False

    def readings(self) -> Readings:
        """All of them, in order."""
        return union(part.readings() for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The first readings of a range, in order. `next_ns`: where the next page begins."""

    readings: Readings
    next_ns: int | None
    is_fresh: bool
    is_archived: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A sensor and the last reading that came of it; None where none came for a day."""

    sensor: str
    last: Point | None


def find(sensor: str, first_ns: int, end_ns: int, *, now: datetime) -> Found:
    """The sensor's readings from `first_ns` on and before `end_ns`. Raises `RangeTooLong`."""
    shown_ns = _shown_from(now)
    older = list(_archived(sensor, first_ns, min(end_ns, shown_ns)))
    newer = _from_bins(sensor, max(first_ns, shown_ns), end_ns)
    return Found(parts=[*older, *newer.parts], is_fresh=newer.is_fresh, is_archived=bool(older))


def page(sensor: str, first_ns: int, end_ns: int, *, limit: int, now: datetime) -> Page:
    """About `limit` readings of a range: those of one moment stay together.

    There may be fewer, and a next page all the same, where much of the archive was looked through.
    """
    pieces, next_ns, is_fresh, is_archived = [NONE], None, True, False
    for begin_ns, stop_ns in _windows(sensor, first_ns, end_ns, now):
        if sum(map(len, pieces)) > limit or begin_ns == stop_ns:
            next_ns = begin_ns
            break
        found = find(sensor, begin_ns, stop_ns, now=now)
        pieces.append(found.readings())
        is_fresh = is_fresh and found.is_fresh
        is_archived = is_archived or found.is_archived
    readings = union(pieces)
    if len(readings) > limit:
        last_at = readings["at"][limit - 1]
        cut = int(np.searchsorted(readings["at"], last_at, side="right"))
        if cut < len(readings):
            readings, next_ns = readings[:cut], int(readings["at"][cut])
    return Page(readings=readings, next_ns=next_ns, is_fresh=is_fresh, is_archived=is_archived)


def _shown_from(now: datetime) -> int:
    """By the hour: who asks for all that is shown, a moment later, needs nothing of the archive."""
    return ns(now - conf().kept) // _WINDOW_NS * _WINDOW_NS


def _windows(sensor: str, first_ns: int, end_ns: int, now: datetime) -> Iterator[tuple[int, int]]:
    """A range in parts: days of the archive, as many as one answer may have, then an hour and more
    each time, since nobody knows how many readings are in one. An empty one says: no further."""
    shown_ns = _shown_from(now)
    archived = _archived_days(sensor, first_ns, min(end_ns, shown_ns))
    for kept in islice(archived, ARCHIVED_DAYS_MAX):
        day_ns, day_end_ns = range_of_day(kept.day)
        yield max(first_ns, day_ns), min(end_ns, shown_ns, day_end_ns)
    for kept in archived:
        stop_ns, _end_ns = range_of_day(kept.day)
        yield stop_ns, stop_ns
    first_ns, width_ns = max(first_ns, shown_ns), _WINDOW_NS
    while first_ns < end_ns:
        yield first_ns, min(end_ns, first_ns + width_ns)
        first_ns, width_ns = first_ns + width_ns, width_ns * _WIDER


def _archived(sensor: str, first_ns: int, end_ns: int) -> Iterator[Stretch]:
    """A stretch for each day of the archive in which the sensor said something."""
    count = 0
    for number, kept in enumerate(_archived_days(sensor, first_ns, end_ns), start=1):
        rows = read_sensor(kept, sensor, first_ns, end_ns)
        count += len(rows)
        if number > ARCHIVED_DAYS_MAX or count > _ARCHIVED_READINGS_MAX:
            raise RangeTooLong
        if len(rows):
            yield Stretch(None, rows)


def _archived_days(sensor: str, first_ns: int, end_ns: int) -> Iterator[ArchivedDay]:
    """Days of the archive with readings of the sensor's group."""
    if first_ns < end_ns:
        days = ARCHIVE_REPOSITORY.days(group_of(sensor), day_of(first_ns), day_of(end_ns - 1))
        yield from (kept for kept in days if kept.key)


def _from_bins(sensor: str, first_ns: int, end_ns: int) -> Found:
    """The tail is read before the bins: what leaves it meanwhile is in a bin by then. So are the
    tiers, which are noted before a bin lies there."""
    if first_ns >= end_ns:
        return Found(parts=[], is_fresh=True)
    tail, is_fresh = _tail(sensor)
    tiers = SENSOR_REPOSITORY.tiers([sensor])[sensor]
    filed = SENSOR_REPOSITORY.bins(sensor, tiers, first_ns, end_ns)
    parts = list(stretches((each.bin for each in filed), tail, first_ns, end_ns))
    return Found(parts=parts, is_fresh=is_fresh)


def listing(*, after: str | None, limit: int) -> list[Listed]:
    """Up to `limit` sensors, in an order of their own: those that come after `after`."""
    sensors = SENSOR_REPOSITORY.listed(after=after, limit=limit)
    try:
        newest = tails.newest(sensors)
    except Unavailable as error:
        log.warning("tails_not_read", reason=error.message)
        newest = {}
    return [Listed(sensor=each, last=newest.get(each)) for each in sensors]


def _tail(sensor: str) -> tuple[Readings, bool]:
    """Without Redis what is in bins can still be read, and the answer says what is missing."""
    try:
        return tails.read(sensor), True
    except Unavailable as error:
        log.warning("tail_not_read", reason=error.message)
        return NONE, False
