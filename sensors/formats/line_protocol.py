"""InfluxDB's line protocol, as Telegraf and Home Assistant write it.

    weather,station=north temperature=21.5,humidity=40i 1767225600000000000

Each field that is a number or a truth value (1 or 0) is a reading. Its sensor is the line's series,
with the tags in order, a colon and the field: `weather,station=north:temperature`; a field called
`value` goes without saying. Text fields are passed over: there is nothing to draw or to compress.
A whole number beyond 2^53 becomes the float next to it, as in all that reads these lines.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from sensors.formats.rows import BadReadings, Fault, Precision, Rows, times

_QUOTED = r'"(?:[^"\\]|\\.)*"'
# Series, fields and time are parted by spaces that are neither escaped nor within quotes. A text
# may go over several lines.
_LINE = re.compile(
    r"(?P<series>(?:[^ \n\\]|\\.)+) +"
    rf'(?P<fields>(?:[^ \n"\\]|\\.|{_QUOTED})+)'
    r"(?: +(?P<time>-?\d{1,20}))? *\r?(?:\n|\Z)",
    re.DOTALL,
)
_IDLE = re.compile(r"[ \t\r]*(?:#[^\n]*)?(?:\n|\Z)")  # an empty line, or a comment
_FIELD = re.compile(rf'((?:[^,="\\]|\\.)+)=({_QUOTED}|[^,"]+)(?:,|\Z)', re.DOTALL)
_PART = re.compile(r"((?:[^,\\]|\\.)+)(?:,|\Z)")
_TRUTH = {
    **dict.fromkeys(("t", "T", "true", "True", "TRUE"), 1.0),
    **dict.fromkeys(("f", "F", "false", "False", "FALSE"), 0.0),
}
_WHOLE = {"i": range(-(2**63), 2**63), "u": range(2**64)}
_NUMERIC = "+-.0123456789"  # how a number begins: not like inf or nan
_NO_VALUE = "a field's value is no number, truth value or quoted text"


def parse_line_protocol(body: bytes, precision: Precision, *, now_ns: int) -> Rows:
    """`now_ns` is the time of lines without one. Raises `BadReadings`."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise BadReadings([Fault(line, "this is not UTF-8")]) from error
    sensors: list[str] = []
    values: list[float] = []
    lines: list[int] = []
    moments: list[int | None] = []
    faults: list[Fault] = []
    for number, match in _matches(text):
        try:
            for sensor, value in _readings(match):
                sensors.append(sensor)
                values.append(value)
                lines.append(number)
                moments.append(_moment(match))
        except ValueError as error:
            faults.append(Fault(number, str(error)))
    if faults:
        raise BadReadings(faults)
    at = times([0 if each is None else each for each in moments], precision, lines)
    at[[each is None for each in moments]] = now_ns
    return Rows(sensors=sensors, at=at, values=np.array(values, np.float64), lines=lines)


def _matches(text: str) -> Iterator[tuple[int, re.Match[str] | None]]:
    """Each line with its number; None for one that is none."""
    position, number = 0, 1
    while position < len(text):
        idle = _IDLE.match(text, position)
        match = None if idle else _LINE.match(text, position)
        if not idle:
            yield number, match
        found = idle or match
        end = found.end() if found else text.find("\n", position) + 1 or len(text)
        number += text.count("\n", position, end)
        position = end


def _readings(match: re.Match[str] | None) -> Iterator[tuple[str, float]]:
    if match is None:
        raise ValueError("not `measurement,tag=value field=value time`")
    series = match["series"]
    for key, raw in _fields(match["fields"]):
        value = _value(raw)
        if value is not None:
            yield _sensor(series, key), value


def _fields(text: str) -> Iterator[tuple[str, str]]:
    if "\\" not in text and '"' not in text:
        for field in text.split(","):
            key, _equals, raw = field.partition("=")
            if not (key and raw):
                raise ValueError("a field is not `name=value`")
            yield key, raw
        return
    position = 0
    while position < len(text):
        match = _FIELD.match(text, position)
        if match is None:
            raise ValueError("a field is not `name=value`")
        yield match[1], match[2]
        position = match.end()


def _value(raw: str) -> float | None:
    """A number or a truth value; None for a text."""
    if raw[-1] == '"':
        return None
    if raw in _TRUTH:
        return _TRUTH[raw]
    whole = _WHOLE.get(raw[-1])
    try:
        number = float(raw) if whole is None else int(raw[:-1])
    except ValueError:
        raise ValueError(_NO_VALUE) from None
    if raw[0] not in _NUMERIC or "_" in raw or (whole is not None and number not in whole):
        raise ValueError(_NO_VALUE)
    return float(number)


def _moment(match: re.Match[str] | None) -> int | None:
    return int(match["time"]) if match and match["time"] else None


@lru_cache(maxsize=20_000)
def _sensor(series: str, field: str) -> str:
    measurement, *tags = _parts(series)
    if not measurement:
        raise ValueError("the measurement is missing")
    for tag in tags:
        key, _equals, value = tag.partition("=")
        if not (key and value):
            raise ValueError("a tag is not `name=value`")
    named = "" if field == "value" else f":{field}"
    return f"{','.join([measurement, *sorted(tags)])}{named}".replace("\\ ", " ")


def _parts(series: str) -> list[str]:
    if "\\" not in series:
        return series.split(",")
    parts, position = [], 0
    while position < len(series):
        match = _PART.match(series, position)
        if match is None:
            raise ValueError("a tag is not `name=value`")
        parts.append(match[1])
        position = match.end()
    return parts
