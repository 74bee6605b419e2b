"""Workers are killed while they merge and archive: no reading is missing or double, ever."""

import os
import random
import subprocess
import sys
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

ROOT = Path(__file__).resolve().parents[2]
_SMALL_BINS, _IN_ONE = 60, 30
_KILLS, _KILLED_WITHIN_S = 4, 0.6
_PATIENCE_S = 60


@contextmanager
def _worker(sensor: str, number: int) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "sensors.tests.housekeeping", sensor, str(number)]
    child = subprocess.Popen(
        command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    assert child.stdout.readline() == "begun\n"
    try:
        yield child
    finally:
        child.kill()
        child.wait()


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
def test_killed_workers_lose_nothing() -> None:
    sensor, random_s = f"killed-{token_hex(4)}", random.Random(7)  # noqa: S311
    yesterday = (utc_now() - timedelta(days=1)).replace(hour=1)
    number = DAY.number(ns(yesterday))
    new = _written(sensor, ns(yesterday))
    old = _written(sensor, ns(utc_now() - conf().kept - timedelta(days=2)))
    for _kill in range(_KILLS):
        with _worker(sensor, number):
            time.sleep(random_s.uniform(0, _KILLED_WITHIN_S))
        assert same(_found(sensor, new).readings(), new)
    with _worker(sensor, number) as child:
        assert child.wait(_PATIENCE_S) == 0
    assert len(list(SENSOR_REPOSITORY.partition(sensor, DAY, number))) < _SMALL_BINS
    assert same(_found(sensor, new).readings(), new)
    assert _found(sensor, old).is_archived
    assert same(_found(sensor, old).readings(), old)
