"""Reading what sensors have said. All functions raise `Unavailable`."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import structlog

from kernel.errors import Unavailable
from sensors import tails
from sensors.conf import conf
from sensors.domain.bins import Point
from sensors.domain.overview import Stretch, stretches
from sensors.domain.readings import NONE, NS_PER_S, Readings, ns, union
from sensors.repository import SENSOR_REPOSITORY

log = structlog.get_logger(__name__)
_WINDOW_NS = 3600 * NS_PER_S
_WIDER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A range of readings. `is_fresh`: the newest are among them, which are in no bin yet."""

    parts: list[Stretch]
    is_fresh: bool

    def readings(self) -> Readings:
        """All of them, in order."""
        return union(part.readings() for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The first readings of a range, in order. `next_ns`: where the next page begins."""

    readings: Readings
    next_ns: int | None
    is_fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A sensor and the last reading that came of it; None where none came for a day."""

    sensor: str
    last: Point | None


def find(sensor: str, first_ns: int, end_ns: int, *, now: datetime) -> Found:
    """The sensor's readings from `first_ns` on and before `end_ns`, as far as they are kept.

    The tail is read before the bins: what leaves it meanwhile is in a bin by then. So are the
    tiers, which are noted before a bin lies there.
    """
    first_ns = max(first_ns, ns(now - conf().kept))
    if first_ns >= end_ns:
        return Found(parts=[], is_fresh=True)
    tail, is_fresh = _tail(sensor)
    tiers = SENSOR_REPOSITORY.tiers([sensor])[sensor]
    filed = SENSOR_REPOSITORY.bins(sensor, tiers, first_ns, end_ns)
    parts = list(stretches((each.bin for each in filed), tail, first_ns, end_ns))
    return Found(parts=parts, is_fresh=is_fresh)


def page(sensor: str, first_ns: int, end_ns: int, *, limit: int, now: datetime) -> Page:
    """About `limit` readings of a range: those of one moment stay together.

    Looks a little further each time, since nobody knows how many readings there are in an hour.
    """
    first_ns = max(first_ns, ns(now - conf().kept))
    pieces, width_ns, is_fresh = [NONE], _WINDOW_NS, True
    while first_ns < end_ns and sum(map(len, pieces)) <= limit:
        window_end = min(end_ns, first_ns + width_ns)
        found = find(sensor, first_ns, window_end, now=now)
        pieces.append(found.readings())
        is_fresh = is_fresh and found.is_fresh
        first_ns, width_ns = window_end, width_ns * _WIDER
    readings = union(pieces)
    next_ns = first_ns if first_ns < end_ns else None
    if len(readings) > limit:
        last_at = readings["at"][limit - 1]
        cut = int(np.searchsorted(readings["at"], last_at, side="right"))
        if cut < len(readings):
            readings, next_ns = readings[:cut], int(readings["at"][cut])
    return Page(readings=readings, next_ns=next_ns, is_fresh=is_fresh)


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
