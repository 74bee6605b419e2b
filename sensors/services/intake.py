"""Taking in what devices send."""

from datetime import datetime

import numpy as np

from sensors import limits
from sensors.conf import conf
from sensors.domain.batches import batches
from sensors.domain.readings import ns
from sensors.formats.rows import BadReadings, Fault, Rows
from sensors.metrics import READINGS, ReadingLabels
from sensors.services.sending import send

NAME_BYTES_MAX = 200


def accept(rows: Rows, device_id: str, *, now: datetime) -> int:
    """Puts readings into the stream; how many they were.

    Returns when they are durable there. Raises `BadReadings` where any of them is not right,
    `TooManyReadings`, or `Unavailable`: then the same may be sent again, and counts once.
    """
    _check(rows, now)
    count = len(rows.sensors)
    if count:
        limits.count_readings(device_id, count, now=now)
        send(batches(rows.sensors, rows.at, rows.values))
        READINGS.add(ReadingLabels("accepted"), count)
    return count


def _check(rows: Rows, now: datetime) -> None:
    faults = [*_bad_times(rows, now), *_bad_names(rows)]
    if faults:
        raise BadReadings(faults)


def _bad_times(rows: Rows, now: datetime) -> list[Fault]:
    earliest, latest = ns(now - conf().late_max), ns(now + conf().future_max)
    bad = np.flatnonzero((rows.at < earliest) | (rows.at > latest))
    return [Fault(rows.lines[index], _told(int(rows.at[index]), now)) for index in bad.tolist()]


def _told(at: int, now: datetime) -> str:
    when = np.datetime_as_string(np.datetime64(at, "ns"), unit="s")
    limit = conf().future_max if at > ns(now) else conf().late_max
    side = "ahead" if at > ns(now) else "ago"
    return f"{when}Z is more than {limit.days} days {side}: see to the clock, or to the precision"


def _bad_names(rows: Rows) -> list[Fault]:
    bad = {name for name in set(rows.sensors) if not _is_name(name)}
    return [
        Fault(line, f"a sensor's name has 1 to {NAME_BYTES_MAX} bytes, none of them a control one")
        for name, line in zip(rows.sensors, rows.lines, strict=True)
        if name in bad
    ]


def _is_name(name: str) -> bool:
    return 0 < len(name.encode()) <= NAME_BYTES_MAX and name.isprintable() and name == name.strip()
