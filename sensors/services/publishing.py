"""Keeps the open tails in Redis as the consumer has them. Without Redis the consumer goes on."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import structlog

from kernel.clock import Clock
from kernel.errors import Unavailable
from sensors import tails
from sensors.domain.buffer import Buffer
from sensors.tails import TailChange

log = structlog.get_logger(__name__)
_PAUSE = timedelta(seconds=5)  # so that a Redis that hangs does not hold up the stream
_UNKNOWN = -1


class Publisher:
    """`lives`: after it Redis may forget a tail that nobody touched."""

    def __init__(self, buffer: Buffer, *, lives: timedelta, clock: Clock) -> None:
        self._buffer, self._lives, self._clock = buffer, lives, clock
        self._waiting: set[str] = set()
        self._go_on_at = clock()

    def publish(self, sensors: Iterable[str] = ()) -> None:
        """Adds what came since the last time to the tails of these sensors."""
        self._waiting.update(sensors)
        if not self._waiting or self._clock() < self._go_on_at:
            return
        try:
            self._add(self._waiting)
        except Unavailable as error:
            self._lost(self._waiting, error)
        else:
            self._waiting.clear()

    def replace(self, contents: Mapping[str, bytes]) -> None:
        """From now on these are the tails; what else stood there is in bins."""
        open_tails = self._buffer.tails
        changes = [
            TailChange(sensor, open_tails[sensor].published, rows)
            for sensor, rows in contents.items()
        ]
        try:
            others = set(tails.replace(changes, self._lives))
        except Unavailable as error:
            self._lost(contents, error)
            return
        for change in changes:
            tail = open_tails[change.sensor]
            is_other = change.sensor in others
            tail.published = _UNKNOWN if is_other else len(change.rows)
            tail.sent = len(tail.rows)
        self._waiting |= others

    def _add(self, sensors: Iterable[str]) -> None:
        open_tails = self._buffer.tails
        changes = [
            TailChange(sensor, open_tails[sensor].published, open_tails[sensor].unsent())
            for sensor in sensors
        ]
        others = tails.add(changes, self._lives)
        whole = {sensor: bytes(open_tails[sensor].rows) for sensor in others}
        lengths = tails.add_anyway(whole, self._lives)
        for change in changes:
            tail = open_tails[change.sensor]
            added = tail.published + len(change.rows)
            tail.published = lengths.get(change.sensor, added)
            tail.sent = len(tail.rows)

    def _lost(self, sensors: Iterable[str], error: Unavailable) -> None:
        """Whether it was done is not known: all of it is said again."""
        log.warning("tails_not_published", reason=error.message)
        for sensor in sensors:
            self._buffer.tails[sensor].published = _UNKNOWN
        self._waiting.update(sensors)
        self._go_on_at = self._clock() + _PAUSE
