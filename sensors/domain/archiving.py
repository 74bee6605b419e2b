"""The archive: which days may be kept for good, and how two copies of one are compared.

day     |------|
taken in       until `late`: its readings still come
closed                      |  no reading of it is under way any more: it is archived
shown from bins                   |  `kept`: from here on the archive answers
deleted                                   |  a week later, by DynamoDB
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from sensors.domain.readings import NS_PER_S, Readings

DAY = timedelta(days=1)
_DAY_NS = 86_400 * NS_PER_S
_EPOCH = date(1970, 1, 1)
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedDay:
    """What a group of sensors said on a day (UTC), kept as one object: `key`, `version`, `size`.

    A day on which nothing was said has no object, and so no `key`.
    """

    group: int
    day: date
    count: int
    digest: str
    key: str = ""
    version: str = ""
    size: int = 0


@dataclass(slots=True)
class Tally:
    """Counts and digests readings, the same however they are cut into parts.

    Sensors come in their order, and a sensor's readings in theirs.
    """

    count: int = 0
    _sensor: str | None = None
    _inner: Any = field(default_factory=lambda: blake2b(digest_size=_DIGEST_BYTES))
    _outer: Any = field(default_factory=lambda: blake2b(digest_size=_DIGEST_BYTES))

    def add(self, sensor: str, rows: Readings) -> None:
        if sensor != self._sensor:
            self._close()
            self._sensor = sensor
        self._inner.update(rows.tobytes())
        self.count += len(rows)

    def digest(self) -> str:
        """Of all that was added. Nothing may be added after."""
        self._close()
        self._sensor = None
        digest: str = self._outer.hexdigest()
        return digest

    def _close(self) -> None:
        if self._sensor is not None:
            self._outer.update(f"{self._sensor}\n".encode() + self._inner.digest())
            self._inner = blake2b(digest_size=_DIGEST_BYTES)


def range_of_day(day: date) -> tuple[int, int]:
    """Its first moment and that of the next day, in ns."""
    first_ns = (day - _EPOCH).days * _DAY_NS
    return first_ns, first_ns + _DAY_NS


def day_of(at: int) -> date:
    """The day (UTC) of a moment in ns."""
    return _EPOCH + timedelta(days=at // _DAY_NS)


def end_of_day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY


def days(first: date, last: date) -> Iterator[date]:
    """Both included."""
    for number in range((last - first).days + 1):
        yield first + number * DAY


def last_day_before(moment: datetime) -> date:
    """The last day that had ended by then."""
    return moment.astimezone(UTC).date() - DAY
