"""Open tails in Redis."""

from datetime import timedelta
from secrets import token_hex

import pytest

from kernel.errors import Unavailable
from sensors import tails
from sensors.domain.readings import READING, readings
from sensors.tails import TailChange
from sensors.tests.generated import same, temperature
from sensors.tests.world import redis_away

_LIVES = timedelta(hours=1)
_ROW = READING.itemsize


@pytest.fixture
def sensor() -> str:
    return token_hex(8)


def _rows(count: int) -> bytes:
    return temperature(count).tobytes()


class TestATail:
    def test_is_what_was_added(self, sensor: str) -> None:
        assert tails.add([TailChange(sensor, 0, _rows(2))], _LIVES) == []
        assert tails.add([TailChange(sensor, 2 * _ROW, _rows(3)[2 * _ROW :])], _LIVES) == []
        assert same(tails.read(sensor), temperature(3))

    def test_of_another_length_is_left_alone(self, sensor: str) -> None:
        other = token_hex(8)
        changes = [TailChange(sensor, _ROW, _rows(1)), TailChange(other, 0, _rows(1))]
        assert tails.add(changes, _LIVES) == [sensor]
        assert len(tails.read(sensor)) == 0
        assert len(tails.read(other)) == 1
        assert tails.replace([TailChange(other, 0, _rows(5))], _LIVES) == [other]
        assert len(tails.read(other)) == 1

    def test_of_any_length_takes_more(self, sensor: str) -> None:
        tails.add([TailChange(sensor, 0, _rows(1))], _LIVES)
        assert tails.add_anyway({sensor: _rows(2)}, _LIVES) == {sensor: 3 * _ROW}
        assert same(tails.read(sensor), temperature(2))

    def test_is_replaced_and_removed(self, sensor: str) -> None:
        tails.add([TailChange(sensor, 0, _rows(9))], _LIVES)
        assert tails.replace([TailChange(sensor, 9 * _ROW, _rows(1))], _LIVES) == []
        assert len(tails.read(sensor)) == 1
        assert tails.replace([TailChange(sensor, _ROW, b"")], _LIVES) == []
        assert tails._redis().exists(tails._key(sensor)) == 0

    def test_is_forgotten_in_the_end(self, sensor: str) -> None:
        tails.add([TailChange(sensor, 0, _rows(1))], _LIVES)
        assert 0 < tails._redis().ttl(tails._key(sensor)) <= 3600
        tails.replace([TailChange(sensor, _ROW, _rows(2))], _LIVES)
        assert 0 < tails._redis().ttl(tails._key(sensor)) <= 3600

    def test_is_one_of_many(self) -> None:
        sensors = [token_hex(6) for _sensor in range(1200)]
        changes = [TailChange(each, 0, _rows(1)) for each in sensors]
        assert tails.add(changes, _LIVES) == []
        assert set(tails.newest(sensors)) == set(sensors)
        assert sorted(tails.add(changes, _LIVES)) == sorted(sensors)


class TestNewest:
    def test_is_what_came_last(self, sensor: str) -> None:
        came = readings([5, 3], [1.0, 2.0])
        tails.add([TailChange(sensor, 0, came.tobytes())], _LIVES)
        assert tails.newest([sensor, "nobody"])[sensor].value == 2.0


class TestWithoutRedis:
    def test_everything_is_unavailable(self, sensor: str) -> None:
        with redis_away():
            with pytest.raises(Unavailable):
                tails.add([TailChange(sensor, 0, b"")], _LIVES)
            with pytest.raises(Unavailable):
                tails.read(sensor)
            with pytest.raises(Unavailable):
                tails.newest([sensor])
