"""From the stream into bins.

    stream -> open tail (memory, and Redis for readers) -> bin (DynamoDB)
      ^-- put off: a tail that fills slowly, once in a while --'

A tail becomes a bin when it fills one. One that does not is put into the stream again, at its end,
so that the stream before it is not needed any more: there a reading costs a hundredth of what an
item for it would. When its readings are a day old they are written as they are.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import NamedTuple

import numpy as np

from kernel.clock import Clock, utc_now
from sensors import hints
from sensors.conf import Conf
from sensors.domain.batches import Batch, batches
from sensors.domain.buffer import TAIL_WEIGHT, Buffer, Cutting
from sensors.domain.merging import is_small
from sensors.domain.partitions import FiledBin
from sensors.domain.readings import Readings, ns
from sensors.domain.sealing import Size
from sensors.metrics import BINS, READINGS, BinLabels, ReadingLabels
from sensors.repository import SENSOR_REPOSITORY
from sensors.services.publishing import Publisher
from sensors.services.sending import send

_SENSORS_AT_ONCE = 200
# Whoever is put off or written early takes along those whose turn would be soon.
_SOON = 0.9
_RELIEF = 0.8


class Arrival(NamedTuple):
    """A record of the stream: its sequence number, when it came into the stream, what it holds."""

    sequence: str
    at: datetime
    batch: Batch


class _Taken(NamedTuple):
    mark: int
    sequence: str
    at: datetime


class Binner:
    """Packs what a shard brings. One for each shard, used by one thread at a time.

    All methods return the sequence number of the last record that need not come again, or None
    where it is still the same one. They raise `Unavailable`, and may be called again with the same.
    """

    def __init__(self, conf: Conf, *, clock: Clock = utc_now) -> None:
        self._conf, self._clock = conf, clock
        self._size = Size(units=conf.bin_units)
        self._buffer = Buffer(self._size)
        self._publisher = Publisher(self._buffer, lives=2 * conf.hold + conf.replay, clock=clock)
        self._marks = count()
        self._taken: deque[_Taken] = deque()
        self._sequences: set[str] = set()
        self._unlisted: set[str] = set()
        self._touched: set[str] = set()

    def take(self, arrivals: Iterable[Arrival]) -> str | None:
        """Takes records that came; one that it has already counts once."""
        for arrival in arrivals:
            if arrival.sequence not in self._sequences:
                self._take_one(arrival)
        self._list_new()
        self._publisher.publish(self._touched)
        self._write(self._filled(), "full")
        self._touched.clear()
        return self.flush()

    def flush(self) -> str | None:
        """Puts off or writes what has waited long enough, or takes too much memory."""
        self._publisher.publish()
        waited = self._waited()
        held = set(self._held(waited))
        self._write(sorted(held), "held", everything=True)
        self._put_off([sensor for sensor in waited if sensor not in held])
        self._write(self._largest(), "early", everything=True)
        return self._progress()

    def end(self) -> str | None:
        """Writes all there is: the shard was split or merged, and others go on from here."""
        self._publisher.publish()
        open_tails = self._buffer.tails
        sensors = sorted(sensor for sensor, tail in open_tails.items() if len(tail))
        self._write(sensors, "ended", everything=True)
        return self._progress()

    def _take_one(self, arrival: Arrival) -> None:
        mark = next(self._marks)
        known = self._buffer.tails
        self._unlisted.update(sensor for sensor in arrival.batch.sensors if sensor not in known)
        self._buffer.take(mark, arrival.batch)
        self._touched.update(arrival.batch.sensors)
        self._sequences.add(arrival.sequence)
        self._taken.append(_Taken(mark, arrival.sequence, arrival.at))
        READINGS.add(ReadingLabels("taken"), len(arrival.batch.readings))

    def _list_new(self) -> None:
        if self._unlisted:
            SENSOR_REPOSITORY.list_sensors(self._unlisted)
            self._unlisted.clear()

    def _filled(self) -> list[str]:
        open_tails = self._buffer.tails
        return [each for each in self._touched if len(open_tails[each]) >= open_tails[each].try_at]

    def _waited(self) -> list[str]:
        """Sensors with readings that came longer ago than the stream should be needed for."""
        oldest = self._buffer.oldest()
        if oldest is None:
            return []
        now = self._clock()
        first = next(taken for taken in self._taken if taken.mark == oldest)
        if now - first.at < self._conf.replay:
            return []
        soon = now - _SOON * self._conf.replay
        return self._buffer.older_than(
            next((taken.mark for taken in self._taken if taken.at > soon), self._taken[-1].mark + 1)
        )

    def _held(self, sensors: Iterable[str]) -> Iterator[str]:
        """Those whose readings are as old, by their own time, as any outside of bins may be."""
        oldest_ns = ns(self._clock() - self._conf.hold)
        for sensor in sensors:
            if self._buffer.tails[sensor].first_at() < oldest_ns:
                yield sensor

    def _largest(self) -> list[str]:
        """Those whose going makes room, where there are too many readings, or sensors."""
        if self._buffer.weight <= self._conf.buffered_max:
            return []
        surplus = self._buffer.weight - _RELIEF * self._conf.buffered_max
        open_tails, largest = self._buffer.tails, []
        for sensor in sorted(open_tails, key=lambda each: len(open_tails[each]), reverse=True):
            if surplus <= 0 or not len(open_tails[sensor]):
                break
            largest.append(sensor)
            surplus -= TAIL_WEIGHT + len(open_tails[sensor])
        return largest

    def _write(self, sensors: Sequence[str], reason: str, *, everything: bool = False) -> None:
        for begin in range(0, len(sensors), _SENSORS_AT_ONCE):
            some = sensors[begin : begin + _SENSORS_AT_ONCE]
            self._learn_tiers(some)
            cuttings = [self._buffer.cut(sensor, everything=everything) for sensor in some]
            self._store([each for each in cuttings if each.pieces], reason)

    def _store(self, cuttings: Sequence[Cutting], reason: str) -> None:
        """Where readers look, then what they find, then what they need not look for elsewhere."""
        open_tails = self._buffer.tails
        tiers = {(each.sensor, piece.tier) for each in cuttings for piece in each.pieces}
        SENSOR_REPOSITORY.note_tiers(
            (sensor, tier) for sensor, tier in tiers if tier not in (open_tails[sensor].tiers or ())
        )
        bins = [
            FiledBin(sensor=each.sensor, tier=piece.tier, bin=piece.bin)
            for each in cuttings
            for piece in each.pieces
        ]
        SENSOR_REPOSITORY.write(bins, kept=self._conf.kept + self._conf.deleted_after)
        for each in cuttings:
            self._buffer.settle(each)
        self._publisher.replace({each.sensor: each.rest.tobytes() for each in cuttings})
        hints.note_small_bins(
            (each.sensor, each.tier, each.tier.number(each.bin.summary.first.at))
            for each in bins
            if is_small(each.bin, self._size)
        )
        self._forget(each.sensor for each in cuttings)
        BINS.add(BinLabels(reason), len(bins))
        READINGS.add(ReadingLabels("binned"), sum(each.bin.summary.count for each in bins))

    def _learn_tiers(self, sensors: Iterable[str]) -> None:
        open_tails = self._buffer.tails
        unknown = [sensor for sensor in sensors if open_tails[sensor].tiers is None]
        for sensor, tiers in SENSOR_REPOSITORY.tiers(unknown).items():
            open_tails[sensor].tiers = tiers

    def _put_off(self, sensors: Sequence[str]) -> None:
        if not sensors:
            return
        contents = {sensor: self._buffer.tails[sensor].ordered()[0] for sensor in sensors}
        send(_as_batches(contents))
        for sensor in sensors:
            self._buffer.empty(sensor)
        self._publisher.replace({each: rows.tobytes() for each, rows in contents.items()})
        READINGS.add(ReadingLabels("put_off"), sum(map(len, contents.values())))

    def _forget(self, sensors: Iterable[str]) -> None:
        """Of a sensor whose readings are all in bins nothing need be known."""
        for sensor in sensors:
            tail = self._buffer.tails[sensor]
            if not len(tail) and not tail.published:
                self._buffer.forget(sensor)

    def _progress(self) -> str | None:
        oldest = self._buffer.oldest()
        settled = None
        while self._taken and (oldest is None or self._taken[0].mark < oldest):
            settled = self._taken.popleft().sequence
            self._sequences.remove(settled)
        return settled


def _as_batches(contents: dict[str, Readings]) -> Iterator[tuple[int, Batch]]:
    names = [sensor for sensor, rows in contents.items() for _row in rows]
    rows = np.concatenate(list(contents.values()))
    return batches(names, rows["at"], rows["value"])
