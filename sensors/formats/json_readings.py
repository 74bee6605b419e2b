"""Readings as JSON: an array, an object with `readings`, or one object a line.

    {"sensor": "boiler-7", "time": "2026-03-01T12:00:00.5Z", "value": 21.5}

A time without quotes is a whole number of ms since 1970, or of what `precision` says. JSON has no
NaN and no infinities: as values they are written "NaN", "Infinity" and "-Infinity".
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import msgspec
import numpy as np

from sensors.domain.readings import Floats, Ints
from sensors.formats.rows import FAULTS_MAX, BadReadings, Fault, Precision, Rows, times
from sensors.formats.times import instant

_T = TypeVar("_T")
_N = TypeVar("_N", int, float)
_SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_PLACE = re.compile(r" - at `\$(?:\.readings)?\[(\d+)\](.*)`")
# What numpy reads by itself: UTC, and years that a 64-bit number of ns has.
_PLAIN_TIME = re.compile(r"(?:19[7-9]\d|2[01]\d\d)-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z")


class _Row(msgspec.Struct, gc=False):
    sensor: str
    time: int | str
    value: float | str


class _Batch(msgspec.Struct):
    readings: list[_Row]


_whole = msgspec.json.Decoder(list[_Row] | _Batch)
_row = msgspec.json.Decoder(_Row)


def parse_json(body: bytes, precision: Precision) -> Rows:
    """Raises `BadReadings`."""
    try:
        found = _whole.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadReadings([_fault(error)]) from error
    rows = found.readings if isinstance(found, _Batch) else found
    return _rows(rows, precision, range(1, len(rows) + 1))


def parse_lines(body: bytes, precision: Precision) -> Rows:
    """Empty lines mean nothing. Raises `BadReadings`."""
    try:
        rows = _row.decode_lines(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadReadings(list(islice(_faults(body), FAULTS_MAX))) from error
    numbers: Sequence[int] = range(1, len(rows) + 1)
    if body.count(b"\n") >= len(rows):
        numbers = [number for number, line in _numbered(body) if line.strip()]
    return _rows(rows, precision, numbers)


def _rows(rows: Sequence[_Row], precision: Precision, lines: Sequence[int]) -> Rows:
    return Rows(
        sensors=[row.sensor for row in rows],
        at=_times([row.time for row in rows], precision, lines),
        values=_values([row.value for row in rows], lines),
        lines=lines,
    )


def _times(raw: Sequence[int | str], precision: Precision, lines: Sequence[int]) -> Ints:
    if all(isinstance(each, str) and _PLAIN_TIME.fullmatch(each) for each in raw):
        try:
            plain = [each[:-1] for each in raw if isinstance(each, str)]
            return np.array(plain, "datetime64[ns]").view(np.int64)
        except ValueError:  # a 30th of February
            pass
    if any(isinstance(each, str) for each in raw):
        numbers = _each(lambda time: _instant(time, precision), raw, lines)
        return times(numbers, Precision.ns, lines)
    return times([int(each) for each in raw], precision, lines)


def _instant(time: int | str, precision: Precision) -> int:
    return time * precision if isinstance(time, int) else instant(time)


def _values(raw: Sequence[float | str], lines: Sequence[int]) -> Floats:
    if any(isinstance(each, str) for each in raw):
        raw = _each(_value, raw, lines)
    return np.fromiter(raw, np.float64, len(raw))


def _value(value: float | str) -> float:
    if isinstance(value, str) and value not in _SPECIAL:
        raise ValueError('the value is text; only "NaN", "Infinity" and "-Infinity" may be')
    return _SPECIAL[value] if isinstance(value, str) else value


def _each(read: Callable[[_T], _N], raw: Sequence[_T], lines: Sequence[int]) -> list[_N]:
    found, faults = [], []
    for each, line in zip(raw, lines, strict=True):
        try:
            found.append(read(each))
        except ValueError as error:
            faults.append(Fault(line, str(error)))
    if faults:
        raise BadReadings(faults)
    return found


def _faults(body: bytes) -> Iterator[Fault]:
    for number, line in _numbered(body):
        if line.strip():
            try:
                _row.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                yield Fault(number, str(error))


def _numbered(body: bytes) -> Iterator[tuple[int, bytes]]:
    return enumerate(body.split(b"\n"), start=1)


def _fault(error: Exception) -> Fault:
    """msgspec says where it is; it quotes no values."""
    found = _PLACE.search(str(error))
    if found is None:
        return Fault(1, str(error))
    reason = str(error)[: found.start()]
    return Fault(int(found[1]) + 1, f"{reason}{' in ' + found[2][1:] if found[2] else ''}")
