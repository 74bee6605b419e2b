"""From the stream into bins: when they are written, and what that costs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex

import numpy as np
import pytest

from aws.dynamodb.attributes import encode_item
from aws.dynamodb.sizes import item_bytes
from sensors import queries, tails
from sensors.conf import Conf
from sensors.domain.batches import batches
from sensors.domain.partitions import DAY, ERA, TIERS
from sensors.domain.readings import NS_PER_S, Readings, ns, readings
from sensors.repository import SENSOR_REPOSITORY, bin_to_item
from sensors.services.sending import send
from sensors.tests.generated import same, temperature
from sensors.tests.world import BEGINNING, World, redis_away

_CONF = Conf()
_SECOND = timedelta(seconds=1)


@pytest.fixture
def world() -> Iterator[World]:
    made = World(_CONF)
    with made.here():
        yield made


@pytest.fixture
def sensor() -> str:
    return f"boiler-{token_hex(6)}"


def _send(world: World, sensor: str, count: int, *, every_s: int = 1) -> Readings:
    """The sensor's last `count` readings, up to now."""
    made = temperature(count, every_ns=every_s * NS_PER_S)
    made["at"] += ns(world.clock.now) - int(made["at"][-1])
    send(batches([sensor] * count, made["at"], made["value"]))
    return made


def _seen(world: World, sensor: str) -> Readings:
    now = world.clock.now
    found = queries.find(sensor, ns(now - timedelta(days=29)), ns(now) + 1, now=now)
    return found.readings()


def _bins(world: World, sensor: str) -> list[int]:
    """How many readings each of the sensor's bins has."""
    now = ns(world.clock.now)
    month = 30 * 86_400 * NS_PER_S
    bins = SENSOR_REPOSITORY.bins(sensor, TIERS, now - month, now + 1)
    return [filed.bin.summary.count for filed in bins]


class TestATail:
    def test_is_readable_before_it_is_in_a_bin(self, world: World, sensor: str) -> None:
        sent = _send(world, sensor, 10)
        world.consume()
        assert _bins(world, sensor) == []
        assert same(_seen(world, sensor), sent)

    def test_is_not_checkpointed(self, world: World, sensor: str) -> None:
        _send(world, sensor, 10)
        world.consume()
        assert world.checkpoint == 0

    def test_becomes_a_bin_when_it_fills_one(self, world: World, sensor: str) -> None:
        sent = _send(world, sensor, 5000)
        world.consume()
        full = _bins(world, sensor)
        assert len(full) > 3
        assert same(_seen(world, sensor), sent)
        assert len(tails.read(sensor)) == 5000 - sum(full)

    def test_says_all_of_it_again_when_redis_forgot(self, world: World, sensor: str) -> None:
        sent = _send(world, sensor, 10)
        world.consume()
        tails._redis().delete(tails._key(sensor))
        assert len(_seen(world, sensor)) == 0
        world.clock.forward(_SECOND)
        more = _send(world, sensor, 1)
        world.consume()
        assert same(_seen(world, sensor), np.concatenate([sent, more]))

    def test_holds_what_came_twice_once(self, world: World, sensor: str) -> None:
        sent = _send(world, sensor, 10)
        _send(world, sensor, 10)
        world.consume()
        world.start_consumer()
        world.consume()
        assert same(_seen(world, sensor), sent)


class TestAFullBin:
    def test_ends_just_under_a_write_unit(self, world: World, sensor: str) -> None:
        _send(world, sensor, 20_000)
        world.consume()
        now = ns(world.clock.now)
        bins = list(SENSOR_REPOSITORY.bins(sensor, TIERS, now - 86_400 * NS_PER_S, now + 1))
        sizes = [item_bytes(encode_item(bin_to_item(each, _CONF.kept))) for each in bins]
        assert max(sizes) <= 1024
        assert sorted(sizes)[len(sizes) // 4] > 950

    def test_costs_little_at_one_reading_a_second(self, world: World, sensor: str) -> None:
        for _minutes in range(0, 6 * 60, 10):
            world.clock.forward(timedelta(minutes=10))
            _send(world, sensor, 600)
            world.drain()
        assert world.units / 21.6 < 3  # for 1,000 readings


class TestASlowSensor:
    """It speaks once an hour: a bin is full after weeks."""

    def test_is_put_off_rather_than_written(self, world: World, sensor: str) -> None:
        sent = _send(world, sensor, 1)
        world.consume()
        units = world.units
        world.clock.forward(_CONF.replay + _SECOND)
        world.consume()
        assert world.checkpoint == 1
        assert len(world.stream) == 2
        world.drain()
        assert world.units == units
        assert same(_seen(world, sensor), sent)

    def test_loses_nothing_when_the_consumer_dies_after(self, world: World, sensor: str) -> None:
        sent = _send(world, sensor, 1)
        world.consume()
        world.clock.forward(_CONF.replay + _SECOND)
        world.consume()
        world.start_consumer()
        tails._redis().delete(tails._key(sensor))
        world.drain()
        assert same(_seen(world, sensor), sent)

    def test_is_written_when_its_readings_are_old(self, world: World, sensor: str) -> None:
        for _hour in range(30):
            _send(world, sensor, 1)
            world.drain()
            world.clock.forward(timedelta(hours=1))
            world.consume()
        (held,) = _bins(world, sensor)
        assert 24 <= held <= 26
        assert SENSOR_REPOSITORY.tiers([sensor])[sensor] == {ERA}

    def test_costs_a_fraction_of_an_item_each(self, world: World) -> None:
        sensors = [token_hex(6) for _sensor in range(20)]
        for hour in range(10 * 24):
            at = np.full(20, ns(world.clock.now))
            send(batches(sensors, at, np.round(np.sin(np.arange(20.0) + hour), 1)))
            world.drain()
            world.clock.forward(timedelta(hours=1))
            world.consume()
        assert world.units / (20 * 240) < 0.06


class TestTooManyReadings:
    def test_are_written_early(self, sensor: str) -> None:
        world = World(replace(_CONF, buffered_max=1000))
        with world.here():
            for index in range(30):
                _send(world, f"{sensor}-{index}", 50)
            world.drain()
            assert world.binner._buffer.weight <= 1000
            assert len(_seen(world, f"{sensor}-7")) == 50

    def test_of_ever_other_sensors_do_not_pile_up(self, sensor: str) -> None:
        world = World(replace(_CONF, buffered_max=1000))
        with world.here():
            for index in range(100):
                _send(world, f"{sensor}-{index}", 1)
                world.drain()
            assert len(world.binner._buffer.tails) < 40
            assert all(len(_seen(world, f"{sensor}-{index}")) == 1 for index in range(100))


class TestAConsumer:
    def test_does_it_again_where_dynamodb_was_away(self, world: World, sensor: str) -> None:
        sent = _send(world, sensor, 5000)
        world.faults = 40
        world.consume()
        world.faults = 0
        assert same(_seen(world, sensor), sent)

    def test_goes_on_without_redis(self, world: World, sensor: str) -> None:
        with redis_away():
            sent = _send(world, sensor, 5000)
            world.consume()
            assert len(_bins(world, sensor)) > 3
        world.clock.forward(timedelta(seconds=10))
        world.consume()
        assert same(_seen(world, sensor), sent)

    def test_writes_all_it_has_when_its_shard_has_ended(self, world: World) -> None:
        sent = {sensor: _send(world, sensor, 50) for sensor in (token_hex(6), token_hex(6))}
        world.drain()
        world.end()
        assert world.checkpoint == len(world.stream)
        for sensor, rows in sent.items():
            assert _bins(world, sensor) == [50]
            assert same(_seen(world, sensor), rows)

    def test_keeps_late_readings_where_readers_look(self, world: World, sensor: str) -> None:
        _send(world, sensor, 3000)
        world.drain()
        late = readings([ns(BEGINNING - timedelta(days=5))], [1.5])
        send(batches([sensor], late["at"], late["value"]))
        world.drain()
        world.clock.forward(_CONF.replay + _SECOND)
        world.consume()
        assert DAY in SENSOR_REPOSITORY.tiers([sensor])[sensor]
        assert same(_seen(world, sensor)[:1], late)
