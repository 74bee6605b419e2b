"""Readings as JSON and CSV. Written by hand: an hour at 1 Hz is 3,600 rows."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import orjson
from django.http import HttpResponse

from sensors.domain.overview import Bucket
from sensors.domain.readings import Readings
from sensors.formats.times import texts

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z
_US_NS = 1_000
_NOT_IN_JSON = {"nan": b'"NaN"', "inf": b'"Infinity"', "-inf": b'"-Infinity"'}


def json_answer(**members: bytes) -> HttpResponse:
    """An object of members that are JSON already."""
    body = b",".join(b'"%b":%b' % (name.encode(), value) for name, value in members.items())
    return _private(HttpResponse(b"{%b}" % body, content_type="application/json"))


def csv_answer(found: Readings) -> HttpResponse:
    """A line for each reading, below a line with the names of the columns."""
    rows = b"".join(b"%b,%b\r\n" % row for row in zip(*_columns(found), strict=True))
    plain = rows.replace(b'"', b"")
    return _private(HttpResponse(b"time,value\r\n" + plain, content_type="text/csv"))


def readings_json(found: Readings) -> bytes:
    """An array of readings."""
    rows = (b'{"time":%b,"value":%b}' % row for row in zip(*_columns(found), strict=True))
    return b"[%b]" % b",".join(rows)


def buckets_json(found: Iterable[Bucket]) -> bytes:
    """An array of buckets."""
    return orjson.dumps(
        [
            {
                "from": time_text(bucket.begin),
                "to": time_text(bucket.end),
                "count": bucket.count,
                "min": bucket.lowest,
                "mean": bucket.mean,
                "max": bucket.highest,
            }
            for bucket in found
        ]
    )


def time_text(at: int) -> str:
    """A time in UTC as text."""
    return texts(np.array([at]))[0]


def json_of(value: Any) -> bytes:
    """What needs no care."""
    return orjson.dumps(value)


def _columns(found: Readings) -> tuple[list[bytes], list[bytes]]:
    """Times and values, each as JSON."""
    at, values = np.ascontiguousarray(found["at"]), np.ascontiguousarray(found["value"])
    return _times(at), _values(values)


def _times(at: Any) -> list[bytes]:
    if (at % _US_NS).any():
        return [b'"%b"' % text.encode() for text in texts(at)]
    return _split(orjson.dumps(at.view("datetime64[ns]"), option=_OPTIONS))


def _values(values: Any) -> list[bytes]:
    written = _split(orjson.dumps(values, option=_OPTIONS))
    for index in np.flatnonzero(~np.isfinite(values)).tolist():
        written[index] = _NOT_IN_JSON[str(float(values[index]))]
    return written


def _split(array: bytes) -> list[bytes]:
    inside = array[1:-1]
    return inside.split(b",") if inside else []


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Authorization, Accept"
    return response
