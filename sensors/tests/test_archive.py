"""Days go into the archive, and come back from there."""

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from secrets import token_hex
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from aws.ranged import RangedObject
from aws.sessions import client
from aws.storage import list_objects, put_stream
from kernel.errors import Unavailable
from sensors import queries
from sensors.archive import ARCHIVE_REPOSITORY, day_from_item, day_to_item
from sensors.conf import Conf
from sensors.domain.archiving import ArchivedDay, Tally, day_of
from sensors.domain.batches import batches, group_of
from sensors.domain.readings import NS_PER_S, Readings, as_set, ns
from sensors.formats import parquet
from sensors.formats.parquet import ParquetDamaged, from_parquet, sensor_from_parquet, to_parquet
from sensors.metrics import ARCHIVE_LATE, GroupLabels
from sensors.resources import ARCHIVE
from sensors.services.archiving import ArchiveDiffers, archive_group, standing
from sensors.services.sending import send
from sensors.tests.generated import same, some_readings, temperature
from sensors.tests.world import World

_CONF = Conf()
_DAY = timedelta(days=1)
_CLOSED = _CONF.kept + _DAY


@pytest.fixture
def world() -> Iterator[World]:
    made = World(_CONF)
    with made.here():
        yield made


@pytest.fixture
def sensor() -> str:
    return f"boiler-{token_hex(6)}"


def _send(world: World, sensor: str, count: int = 3000) -> Readings:
    made = temperature(count, every_ns=20 * NS_PER_S)
    made["at"] += ns(world.clock.now) - int(made["at"][-1])
    send(batches([sensor] * count, made["at"], made["value"]))
    world.drain()
    world.clock.forward(_CONF.hold + _CONF.replay)
    world.consume()
    world.drain()
    return made


def _archive(world: World, sensor: str) -> None:
    archive_group(group_of(sensor), _CONF, now=world.clock.now)


def _found(world: World, sensor: str, sent: Readings) -> queries.Found:
    first_ns, end_ns = int(sent["at"][0]), int(sent["at"][-1]) + 1
    return queries.find(sensor, first_ns, end_ns, now=world.clock.now)


class TestParquet:
    @given(some_readings(), some_readings(least=1))
    @settings(max_examples=40, deadline=None)
    def test_keeps_every_bit(self, one: Readings, other: Readings) -> None:
        parts = [("a", as_set(one)), ("b", as_set(other))]
        file = b"".join(to_parquet(parts))
        for name, rows in parts:
            found = sensor_from_parquet(io.BytesIO(file), name, -(2**63), 2**63 - 1)
            assert rows[rows["at"] < 2**63 - 1].tobytes() == found.tobytes()

    def test_holds_a_sensor_over_several_row_groups(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parquet, "_ROWS_MAX", 100)
        whole = temperature(450)
        file = b"".join(to_parquet([("a", whole), ("b", whole), ("c", whole)]))
        assert same(sensor_from_parquet(io.BytesIO(file), "b", 0, 2**62), whole)
        parts = [len(rows) for _name, rows in from_parquet(io.BytesIO(file))]
        assert sum(parts) == 3 * 450

    def test_says_so_when_a_byte_changed(self) -> None:
        file = bytearray(b"".join(to_parquet([("a", temperature(5000))])))
        file[len(file) // 2] ^= 1
        with pytest.raises(ParquetDamaged):
            list(from_parquet(io.BytesIO(bytes(file))))

    def test_tells_the_same_however_it_is_cut(self) -> None:
        whole, one, cut = temperature(100), Tally(), Tally()
        one.add("a", whole)
        one.add("b", whole)
        for name in "ab":
            for part in np.split(whole, [7, 50]):
                cut.add(name, part)
        assert (one.count, one.digest()) == (cut.count, cut.digest())


class TestARangedObject:
    def test_is_read_here_and_there(self) -> None:
        content, key = bytes(range(256)) * 5000, f"test/{token_hex(8)}"
        version = put_stream(ARCHIVE, key, [content])
        file = RangedObject(ARCHIVE, key, size=len(content), version=version)
        for begin, length in ((0, 10), (len(content) - 8, 8), (700_000, 600_000), (3, 0)):
            file.seek(begin)
            assert file.read(length) == content[begin : begin + length]
        file.seek(-3, io.SEEK_END)
        assert file.read() == content[-3:]
        assert file.read() == b""


class TestADay:
    def test_is_archived_while_its_bins_are_still_shown(self, world: World, sensor: str) -> None:
        sent = _send(world, sensor)
        world.clock.forward(_CONF.kept - 2 * _DAY)  # the oldest is shown for hours more
        _archive(world, sensor)
        assert same(_found(world, sensor, sent).readings(), sent)
        assert not _found(world, sensor, sent).is_archived
        latest = ARCHIVE_REPOSITORY.latest(group_of(sensor))
        assert latest is not None
        assert day_of(int(sent["at"][-1])) <= latest.day

    def test_comes_from_the_archive_when_they_are_not(self, world: World, sensor: str) -> None:
        sent = _send(world, sensor)
        world.clock.forward(_CLOSED)
        _archive(world, sensor)
        found = _found(world, sensor, sent)
        assert same(found.readings(), sent)
        assert found.is_archived
        world.clock.forward(_CONF.deleted_after)
        world.delete_expired()
        assert same(_found(world, sensor, sent).readings(), sent)

    def test_pages_out_of_the_archive(self, world: World, sensor: str) -> None:
        sent = _send(world, sensor)
        world.clock.forward(_CLOSED)
        _archive(world, sensor)
        end_ns = ns(world.clock.now)
        first = queries.page(sensor, 0, end_ns, limit=1000, now=world.clock.now)
        assert first.is_archived
        assert first.next_ns is not None
        rest = queries.page(sensor, first.next_ns, end_ns, limit=5000, now=world.clock.now)
        assert same(np.concatenate([first.readings, rest.readings]), sent)

    def test_is_not_archived_twice(self, world: World, sensor: str) -> None:
        _send(world, sensor)
        world.clock.forward(_CLOSED)
        _archive(world, sensor)
        objects = [info.modified for info in list_objects(ARCHIVE)]
        _archive(world, sensor)
        assert [info.modified for info in list_objects(ARCHIVE)] == objects

    def test_without_a_word_needs_no_object(self, world: World, sensor: str) -> None:
        _archive(world, sensor)
        latest = ARCHIVE_REPOSITORY.latest(group_of(sensor))
        assert latest is not None
        assert (latest.count, latest.key) == (0, "")

    def test_is_noted_as_it_was(self) -> None:
        kept = ArchivedDay(
            group=3, day=day_of(NS_PER_S), count=5, digest="ab", key="k", version="v", size=9
        )
        assert day_from_item(day_to_item(kept)) == kept


class TestALateArchive:
    def test_keeps_what_it_has_not_kept_yet(self, sensor: str) -> None:
        """S3 is away for long, and DynamoDB deletes what has expired."""
        world = World(_CONF)
        with world.here():
            sent = _send(world, sensor)
        world.s3_is_away = True
        with world.here():
            for _day in range(50):
                world.clock.forward(_DAY)
                with suppress(Unavailable):
                    _archive(world, sensor)
                world.delete_expired()
            assert not _found(world, sensor, sent).parts, "shown no more, and not archived yet"
            assert _late(world, sensor)
            assert ARCHIVE_LATE.value(GroupLabels(str(group_of(sensor)))) > 10
        world.s3_is_away = False
        with world.here():
            _archive(world, sensor)
            assert same(_found(world, sensor, sent).readings(), sent)
            assert not _late(world, sensor)
            assert ARCHIVE_LATE.value(GroupLabels(str(group_of(sensor)))) == 0

    def test_is_not_noted_while_it_reads_back_otherwise(self, world: World, sensor: str) -> None:
        sent = _send(world, sensor)
        world.clock.forward(_CLOSED)
        with _s3_stores_something_else(), pytest.raises(ArchiveDiffers):
            _archive(world, sensor)
        assert not _found(world, sensor, sent).is_archived
        _archive(world, sensor)
        assert same(_found(world, sensor, sent).readings(), sent)


def _late(world: World, sensor: str) -> tuple[date, ...]:
    return standing(group_of(sensor), _CONF, now=world.clock.now).late


@contextmanager
def _s3_stores_something_else() -> Iterator[None]:
    other = b"".join(to_parquet([("a", temperature(10))]))

    def swap(params: dict[str, Any], **_rest: Any) -> None:
        params["Body"] = other

    events = client("s3").meta.events
    events.register("before-parameter-build.s3.PutObject", swap)
    yield
    events.unregister("before-parameter-build.s3.PutObject", swap)
