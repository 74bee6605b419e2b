"""DynamoDB and Kinesis over their limits: the consumer waits, devices are told to, nothing is lost.

The engine's own streams and tables, and the real consumer loop.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_hex

import pytest
from django.test import Client

from aws import sessions
from aws.metrics.names import (
    AWS_CALL_SECONDS,
    KINESIS_REFUSED,
    STREAM_DEAD_LETTERS,
    CallLabels,
    HandlerLabels,
    StreamLabels,
)
from aws.streams.process import consume
from aws.tests.throttling import Limits, limits_before
from identity.devices import create_device
from kernel.clock import utc_now
from sensors import queries
from sensors.consumers import SensorBins
from sensors.domain.batches import batches
from sensors.domain.partitions import TIERS
from sensors.domain.readings import NS_PER_S, Readings, ns
from sensors.repository import SENSOR_REPOSITORY
from sensors.resources import READINGS
from sensors.services.sending import send
from sensors.tests.generated import same, temperature

_S_MAX = 60.0


@contextmanager
def _limits(monkeypatch: pytest.MonkeyPatch, service: str) -> Iterator[Limits]:
    with limits_before(os.environ["AWS_ENDPOINT_URL"]) as limits:
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", limits.url)
        sessions.reset_clients()
        yield limits
    monkeypatch.undo()
    sessions.reset_clients()


@contextmanager
def _consumer() -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=consume, args=([SensorBins], stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _recent(count: int) -> Readings:
    made = temperature(count)
    made["at"] += ns(utc_now()) // NS_PER_S * NS_PER_S - int(made["at"][-1])
    return made


def _seen(sensor: str) -> Readings:
    now = utc_now()
    return queries.find(sensor, ns(now) - 4 * 3600 * NS_PER_S, ns(now), now=now).readings()


def _bins(sensor: str) -> int:
    now = ns(utc_now())
    return len(list(SENSOR_REPOSITORY.bins(sensor, TIERS, now - 4 * 3600 * NS_PER_S, now)))


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _S_MAX
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def _refused_records() -> float:
    """What the panel of Kinesis's throttled writes shows; the next, what that of its reads does."""
    return KINESIS_REFUSED.value(StreamLabels(READINGS.name))


def _reads_told_later() -> int:
    outcome = "ProvisionedThroughputExceededException"
    return AWS_CALL_SECONDS.count(
        CallLabels("streams.sensor_bins", "kinesis", "GetRecords", outcome)
    )


class TestOverTheLimits:
    def test_of_dynamodb_readings_wait_and_can_be_read(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sensor, sent = token_hex(8), _recent(5000)
        dead = STREAM_DEAD_LETTERS.value(HandlerLabels("sensor_bins"))
        with _limits(monkeypatch, "DYNAMODB") as limits, _consumer():
            send(batches([sensor], sent["at"][:1], sent["value"][:1]))
            _until(lambda: len(_seen(sensor)) == 1)  # the sensor is listed, the consumer at work
            limits.over = True
            send(batches([sensor] * len(sent), sent["at"], sent["value"]))
            _until(lambda: len(_seen(sensor)) == len(sent) and limits.refused > 3)
            assert _bins(sensor) == 0
            limits.over = False
            _until(lambda: _bins(sensor) > 3)
            assert same(_seen(sensor), sent)
        assert STREAM_DEAD_LETTERS.value(HandlerLabels("sensor_bins")) == dead

    def test_of_kinesis_devices_wait_and_nothing_taken_is_lost(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sensor, sent = token_hex(8), _recent(200)
        token = create_device("test", now=utc_now()).token
        rows = [
            {"sensor": sensor, "time": at // 1_000_000, "value": value}
            for at, value in sent.tolist()
        ]

        def post() -> int:
            answer = Client().post(
                "/api/v1/sensors/readings",
                json.dumps(rows),
                content_type="application/json",
                headers={"Authorization": f"Bearer {token}"},
            )
            assert answer.status_code == 202 or int(answer.headers["Retry-After"]) > 0
            return answer.status_code

        refused, told_later = _refused_records(), _reads_told_later()
        with _limits(monkeypatch, "KINESIS") as limits, _consumer():
            limits.over = True
            assert post() in {429, 503}
            assert _refused_records() > refused
            _until(lambda: _reads_told_later() > told_later)
            limits.over = False
            assert post() == 202
            _until(lambda: same(_seen(sensor), sent))
