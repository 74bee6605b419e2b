"""Workers are killed while they merge and archive: no reading is missing or double, ever."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

import pytest

from kernel.clock import utc_now
from sensors import queries
from sensors.conf import conf
from sensors.domain.bins import Bin
from sensors.domain.partitions import DAY, FiledBin
from sensors.domain.readings import Readings, ns
from sensors.repository import SENSOR_REPOSITORY
from sensors.tests.generated import same, temperature
from tests.forked import Forked

_SMALL_BINS, _IN_ONE = 60, 30
_KILLS, _KILLED_WITHIN_S = 4, 0.6
_PATIENCE_S = 60


@contextmanager
def _worker(sensor: str, number: int, log: Path) -> Iterator[Forked]:
    log.touch()
    child = Forked.start(["-m", "sensors.tests.housekeeping", sensor, str(number)], log=log)
    try:
        deadline = time.monotonic() + _PATIENCE_S
        while "begun\n" not in log.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield child
    finally:
        child.kill()
        log.unlink()


def _written(sensor: str, first_ns: int) -> Readings:
    """Readings in many small bins, from a time on."""
    made = temperature(_SMALL_BINS * _IN_ONE)
    made["at"] += first_ns - int(made["at"][0])
    parts = [made[begin : begin + _IN_ONE] for begin in range(0, len(made), _IN_ONE)]
    SENSOR_REPOSITORY.list_sensors([sensor])
    SENSOR_REPOSITORY.note_tiers([(sensor, DAY)])
    SENSOR_REPOSITORY.write(
        [FiledBin(sensor=sensor, tier=DAY, bin=Bin.of(part)) for part in parts],
        kept=conf().kept + conf().deleted_after,
    )
    return made


def _found(sensor: str, sent: Readings) -> queries.Found:
    return queries.find(sensor, int(sent["at"][0]), int(sent["at"][-1]) + 1, now=utc_now())


@pytest.mark.journey
def test_killed_workers_lose_nothing(tmp_path: Path) -> None:
    sensor, random_s = f"killed-{token_hex(4)}", random.Random(7)  # noqa: S311
    yesterday = (utc_now() - timedelta(days=1)).replace(hour=1)
    number = DAY.number(ns(yesterday))
    new = _written(sensor, ns(yesterday))
    old = _written(sensor, ns(utc_now() - conf().kept - timedelta(days=2)))
    for _kill in range(_KILLS):
        with _worker(sensor, number, tmp_path / "log"):
            time.sleep(random_s.uniform(0, _KILLED_WITHIN_S))
        assert same(_found(sensor, new).readings(), new)
    with _worker(sensor, number, tmp_path / "log") as child:
        assert child.wait(seconds_max=_PATIENCE_S) == 0
    assert len(list(SENSOR_REPOSITORY.partition(sensor, DAY, number))) < _SMALL_BINS
    assert same(_found(sensor, new).readings(), new)
    assert _found(sensor, old).is_archived
    assert same(_found(sensor, old).readings(), old)
