"""Open tails in Redis, where readers see them before they are in bins.

A tail is a string of readings, 16 bytes each, as they came. Only the consumer of the sensor's shard
writes it, and what it says is a set: doubles do no harm. Redis may forget any tail at any time; the
consumer knows how long each should be, notices when it goes on, and says all of it again. Nothing
depends on it but how fresh an answer is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import groupby, islice
from typing import Any, TypeVar

import numpy as np
import redis
from django.conf import settings

from kernel.errors import Unavailable
from sensors.domain.batches import group_of
from sensors.domain.bins import Point, point_of
from sensors.domain.readings import READING, Readings, as_set

_T = TypeVar("_T")
_ROW_BYTES = READING.itemsize
_AT_ONCE = 500
# ARGV: seconds to live; then, for each key, the length that it should have, and what to add. Says
# which keys had another length: they are left alone.
_ADD = """
local others = {}
for i, key in ipairs(KEYS) do
  local length = tonumber(ARGV[2 * i])
  if redis.call('STRLEN', key) ~= length then
    others[#others + 1] = i
  else
    redis.call('APPEND', key, ARGV[2 * i + 1])
    if length == 0 then redis.call('EXPIRE', key, ARGV[1]) end
  end
end
return others
"""
# Adds whatever the length; says what it is now.
_ADD_ANYWAY = """
local lengths = {}
for i, key in ipairs(KEYS) do
  lengths[i] = redis.call('APPEND', key, ARGV[i + 1])
  redis.call('EXPIRE', key, ARGV[1])
end
return lengths
"""
# As the first, but what is given takes the place of what was there.
_REPLACE = """
local others = {}
for i, key in ipairs(KEYS) do
  if redis.call('STRLEN', key) ~= tonumber(ARGV[2 * i]) then
    others[#others + 1] = i
  elseif ARGV[2 * i + 1] == '' then
    redis.call('DEL', key)
  else
    redis.call('SET', key, ARGV[2 * i + 1], 'EX', ARGV[1])
  end
end
return others
"""


@dataclass(frozen=True, slots=True)
class TailChange:
    """`length` is what the tail should have, `rows` what to add or to put in its place."""

    sensor: str
    length: int
    rows: bytes


def add(changes: Iterable[TailChange], lives: timedelta) -> list[str]:
    """Adds readings to tails; the sensors whose tails have another length, and were left alone.

    `lives`: after it Redis may forget a tail. Raises `Unavailable`, as all here do.
    """
    return _changed(_ADD, changes, lives)


def replace(changes: Iterable[TailChange], lives: timedelta) -> list[str]:
    """Puts readings in the place of tails, or removes them; as `add`."""
    return _changed(_REPLACE, changes, lives)


def add_anyway(rows: dict[str, bytes], lives: timedelta) -> dict[str, int]:
    """Adds readings to tails of any length; how long they are now."""
    lengths: dict[str, int] = {}
    for sensors in _together(list(rows), lambda sensor: sensor):
        arguments = [_seconds(lives), *(rows[sensor] for sensor in sensors)]
        found = _run(_ADD_ANYWAY, sensors, arguments)
        lengths |= zip(sensors, found, strict=True)
    return lengths


def read(sensor: str) -> Readings:
    """The sensor's tail, in order."""
    try:
        rows = _redis().get(_key(sensor))
    except redis.RedisError as error:
        raise Unavailable("the newest readings cannot be read at the moment") from error
    return as_set(np.frombuffer(rows or b"", READING))


def newest(sensors: Sequence[str]) -> dict[str, Point]:
    """The reading that came last, of each sensor that has a tail."""
    try:
        with _redis().pipeline(transaction=False) as together:
            for sensor in sensors:
                together.getrange(_key(sensor), -_ROW_BYTES, -1)
            found = together.execute()
    except redis.RedisError as error:
        raise Unavailable("the newest readings cannot be read at the moment") from error
    pairs = zip(sensors, found, strict=True)
    return {sensor: point_of(np.frombuffer(row, READING)) for sensor, row in pairs if row}


def _changed(script: str, changes: Iterable[TailChange], lives: timedelta) -> list[str]:
    others: list[str] = []
    for group in _together(list(changes), lambda change: change.sensor):
        arguments: list[Any] = [_seconds(lives)]
        for change in group:
            arguments += (change.length, change.rows)
        sensors = [change.sensor for change in group]
        others += [sensors[index - 1] for index in _run(script, sensors, arguments)]
    return others


def _together(wanted: Sequence[_T], sensor_of: Callable[[_T], str]) -> Iterator[list[_T]]:
    """In parts that one script may take: of one group (so of one node of a cluster), not many."""
    for _group, members in groupby(
        sorted(wanted, key=lambda each: group_of(sensor_of(each))),
        key=lambda each: group_of(sensor_of(each)),
    ):
        while part := list(islice(members, _AT_ONCE)):
            yield part


def _run(script: str, sensors: Sequence[str], arguments: Sequence[Any]) -> list[int]:
    try:
        found: list[int] = _script(script)(keys=list(map(_key, sensors)), args=arguments)
    except redis.RedisError as error:
        raise Unavailable("Redis does not take the open tails") from error
    return found


def _key(sensor: str) -> str:
    prefix = settings.CACHES["default"].get("KEY_PREFIX", "")
    return f"{prefix}:{{tails-{group_of(sensor)}}}:{sensor}"


def _seconds(lives: timedelta) -> int:
    return int(lives.total_seconds())


@cache
def _script(text: str) -> Any:
    return _redis().register_script(text)


@cache
def _redis() -> Any:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
