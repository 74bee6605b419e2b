"""What storing readings costs in write units, by AWS's rules on the items that are really written.

The real consumer, on a clock of its own: each sensor speaks at its own times, what is put off comes
again, small bins are merged, and every write and delete is counted.
"""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from sensors import hints
from sensors.conf import Conf
from sensors.domain.batches import batches
from sensors.domain.readings import NS_PER_S, Floats, Ints, Readings, between
from sensors.resources import SENSORS
from sensors.services.merging import merge_partition
from sensors.services.sending import send
from sensors.tests.world import Clock, World

_MERGE_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """`units`: of writes, deletes and merges. `stored_bytes`: of the packed readings in the end."""

    readings: int
    units: int
    stored_bytes: int

    @property
    def units_per_1000(self) -> float:
        return 1000 * self.units / self.readings

    @property
    def bytes_per_reading(self) -> float:
        return self.stored_bytes / self.readings


def cost_of(series: Mapping[str, Readings], *, step: timedelta, conf: Conf) -> Cost:
    """All series one after the other in time, taken in every `step`, until all is in bins."""
    begin_ns = min(int(each["at"][0]) for each in series.values())
    end_ns = max(int(each["at"][-1]) for each in series.values()) + 1
    clock = Clock(datetime.fromtimestamp(begin_ns // NS_PER_S, UTC))
    world = World(conf, clock=clock)
    with world.here():
        for first_ns in range(begin_ns, end_ns, step // timedelta(microseconds=1) * 1000):
            clock.forward(step)
            last_ns = first_ns + step // timedelta(microseconds=1) * 1000
            send(batches(*_columns(series, first_ns, last_ns)))
            world.drain()
            world.consume()
            _merge(conf, clock.now)
        clock.forward(conf.hold + conf.replay)
        for _flush in range(3):  # what was put off comes again, and then is old enough
            world.consume()
            world.drain()
            clock.forward(conf.replay)
    return Cost(
        readings=sum(map(len, series.values())),
        units=world.units,
        stored_bytes=sum(_stored(world)),
    )


def _columns(
    series: Mapping[str, Readings], first_ns: int, end_ns: int
) -> tuple[list[str], Ints, Floats]:
    parts = {name: between(each, first_ns, end_ns) for name, each in series.items()}
    names = [name for name, part in parts.items() for _reading in part]
    rows = np.concatenate(list(parts.values()))
    return names, rows["at"], rows["value"]


def _merge(conf: Conf, now: datetime) -> None:
    for sensor, tier, number in hints.worth_merging(_MERGE_AT_ONCE):
        merge_partition(sensor, tier, number, conf, now=now)


def _stored(world: World) -> Iterator[int]:
    for item in world.engine.items(SENSORS):
        if "z" in item:
            yield len(b64decode(item["z"]["B"]))
