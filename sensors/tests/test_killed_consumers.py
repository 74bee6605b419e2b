"""Consumers are killed while readings come in: exactly what was sent is there in the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import pytest
from django.conf import settings

from kernel.clock import utc_now
from sensors import queries
from sensors.domain.batches import batches
from sensors.domain.readings import NS_PER_S, Readings, ns
from sensors.services.sending import send
from sensors.tests.generated import same, temperature
from tests.forked import Forked

_SENSORS, _READINGS, _BATCHES = 8, 6000, 12
_THERE_S_MAX = 90.0


@contextmanager
def _consumer() -> Iterator[None]:
    child = Forked.start(
        ["manage.py", "consume", "sensor_bins"],
        log=Path(settings.VAR_DIR) / "sensor-bins.log",
        environment={"TXHUB_STREAM_LEASE_S": "3"},
    )
    try:
        yield
    finally:
        child.kill()


def _recent(seed: int) -> Readings:
    made = temperature(_READINGS, seed=seed)
    made["at"] += ns(utc_now()) // NS_PER_S * NS_PER_S - int(made["at"][-1])
    return made


def _seen(sensor: str) -> Readings:
    now = utc_now()
    first_ns = ns(now) - 2 * _READINGS * NS_PER_S
    return queries.find(sensor, first_ns, ns(now), now=now).readings()


@pytest.mark.journey
def test_killed_consumers_lose_nothing() -> None:
    sensors = {f"{token_hex(4)}-{number}": number for number in range(_SENSORS)}
    sent = {sensor: _recent(seed) for sensor, seed in sensors.items()}
    for part in range(_BATCHES):
        with _consumer():
            for sensor, whole in sent.items():
                some = whole[part::_BATCHES]
                send(batches([sensor] * len(some), some["at"], some["value"]))
            time.sleep(0.4 + part % 3 * 0.7)  # it dies starting up, reading or writing
    with _consumer():
        deadline = time.monotonic() + _THERE_S_MAX
        while time.monotonic() < deadline:
            if all(len(_seen(sensor)) == _READINGS for sensor in sent):
                break
            time.sleep(0.5)
    for sensor, whole in sent.items():
        assert same(_seen(sensor), whole)
