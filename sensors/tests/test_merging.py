"""Small bins become large ones, and who reads meanwhile misses no reading and sees none twice."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from secrets import token_hex

import pytest

from kernel.errors import Unavailable
from sensors import queries
from sensors.conf import Conf
from sensors.domain.bins import Bin
from sensors.domain.partitions import DAY, FiledBin
from sensors.domain.readings import NS_PER_S, Readings, ns, readings, union
from sensors.repository import SENSOR_REPOSITORY
from sensors.services.merging import merge_partition
from sensors.tests.generated import same, temperature
from sensors.tests.world import BEGINNING, World

_CONF = Conf()
_FIRST = ns(BEGINNING)
_NUMBER = DAY.number(_FIRST)


@pytest.fixture
def world() -> Iterator[World]:
    made = World(_CONF)
    with made.here():
        yield made


def _minute(index: int) -> Readings:
    """Thirty readings of the day's `index`th minute; some are in the minute before, too."""
    at = _FIRST + (60 * index - 5) * NS_PER_S + temperature(35)["at"] % (3600 * NS_PER_S)
    return readings(at, (at // NS_PER_S) % 1000 / 10)


def _write(sensor: str, parts: list[Readings]) -> Readings:
    filed = [FiledBin(sensor=sensor, tier=DAY, bin=Bin.of(part)) for part in parts]
    SENSOR_REPOSITORY.note_tiers([(sensor, DAY)])
    SENSOR_REPOSITORY.write(filed, kept=timedelta(days=30))
    return union(parts)


def _bins(sensor: str) -> list[FiledBin]:
    return list(SENSOR_REPOSITORY.partition(sensor, DAY, _NUMBER))


def _seen(sensor: str) -> Readings:
    found = queries.find(sensor, _FIRST - 3600 * NS_PER_S, _FIRST + DAY.span_ns, now=BEGINNING)
    return found.readings()


class TestMerging:
    def test_puts_one_bin_in_the_place_of_many(self, world: World) -> None:
        sensor = token_hex(8)
        written = _write(sensor, [_minute(index) for index in range(10)])
        assert merge_partition(sensor, DAY, _NUMBER, _CONF, now=BEGINNING) == 9
        (large,) = _bins(sensor)
        assert same(large.bin.readings(), written)
        assert large.level == 1

    def test_lets_few_small_bins_be(self, world: World) -> None:
        sensor = token_hex(8)
        _write(sensor, [_minute(index) for index in range(5)])
        assert merge_partition(sensor, DAY, _NUMBER, _CONF, now=BEGINNING) == 0
        assert len(_bins(sensor)) == 5

    def test_lets_full_bins_be(self, world: World) -> None:
        sensor = token_hex(8)
        full = temperature(900)
        full["at"] += _FIRST - int(full["at"][0])
        _write(sensor, [full, *(_minute(index) for index in range(10))])
        merge_partition(sensor, DAY, _NUMBER, _CONF, now=BEGINNING)
        assert len(_bins(sensor)) == 2

    def test_keeps_bins_short_beside_their_partition(self, world: World) -> None:
        sensor = token_hex(8)
        written = _write(sensor, [_minute(6 * index) for index in range(30)])
        assert merge_partition(sensor, DAY, _NUMBER, _CONF, now=BEGINNING) > 0
        for filed in _bins(sensor):
            summary = filed.bin.summary
            assert summary.last.at - summary.first.at < DAY.span_ns
        assert same(union(each.bin.readings() for each in _bins(sensor)), written)

    @pytest.mark.parametrize("page", range(12))
    def test_is_not_noticed_by_a_reader_at_any_page(self, world: World, page: int) -> None:
        sensor = token_hex(8)
        written = _write(sensor, [_minute(index) for index in range(10)])
        queried = count()

        def merge_at_the_page(operation: str) -> None:
            if operation == "Query" and next(queried) == page:
                world.interrupt(None)
                merge_partition(sensor, DAY, _NUMBER, _CONF, now=BEGINNING)
                world.interrupt(merge_at_the_page)

        world.interrupt(merge_at_the_page)
        assert same(_seen(sensor), written)

    @pytest.mark.parametrize("write", [0, 1])
    def test_may_die_at_any_write(self, world: World, write: int) -> None:
        sensor = token_hex(8)
        written = _write(sensor, [_minute(index) for index in range(10)])
        writes = count()

        def die(operation: str) -> None:
            if operation == "BatchWriteItem" and next(writes) == write:
                raise Unavailable("it dies here")

        world.interrupt(die)
        with pytest.raises(Unavailable):
            merge_partition(sensor, DAY, _NUMBER, _CONF, now=BEGINNING)
        world.interrupt(None)
        assert same(_seen(sensor), written)
        merge_partition(sensor, DAY, _NUMBER, _CONF, now=BEGINNING)
        assert same(_seen(sensor), written)

    def test_may_be_done_by_two_at_once(self, world: World) -> None:
        sensor = token_hex(8)
        written = _write(sensor, [_minute(index) for index in range(10)])
        steps = count()

        def another_merges(operation: str) -> None:
            if operation == "BatchWriteItem" and next(steps) == 0:
                world.interrupt(None)
                _write(sensor, [_minute(11)])
                merge_partition(sensor, DAY, _NUMBER, _CONF, now=BEGINNING)

        world.interrupt(another_merges)
        merge_partition(sensor, DAY, _NUMBER, _CONF, now=BEGINNING)
        assert same(_seen(sensor), union([written, _minute(11)]))
