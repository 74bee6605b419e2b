"""The list of sensors, and the chart of one or several."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kernel.clock import utc_now
from sensors import queries
from sensors.domain.overview import POINTS_MIN, Bucket, buckets, downsampled
from sensors.domain.readings import Readings
from sensors.queries import Found, Listed
from sensors.web.guard import reader_required
from sensors.web.spans import SPANS, Span, range_from_ms, range_of, span_named
from sensors.web.sparkline import sparkline
from sensors.web.texts import moment_of, value_text

_SHOWN_MAX = 50
_LOOKED_THROUGH_MAX = 1000
TOGETHER_MAX = 6
_POINTS, _POINTS_MAX = 1000, 4000
_SPARK_POINTS = 60
_SPARK_S = 60  # a sparkline may be so old
_ROWS = 24
_OPTIONS = orjson.OPT_SERIALIZE_NUMPY


@require_safe
@reader_required
def listing(request: HttpRequest) -> HttpResponse:
    """`/sensors/`: by name, with a search over those of whom there are many."""
    wanted = request.GET.get("find", "").strip()
    listed = queries.listing(after=None, limit=_LOOKED_THROUGH_MAX)
    found = sorted(
        (each for each in listed if wanted.lower() in each.sensor.lower()),
        key=lambda each: each.sensor,
    )
    context = {
        "section": "sensors",
        "rows": [_row(each) for each in found[:_SHOWN_MAX]],
        "wanted": wanted,
        "count": len(found),
        "known": len(listed),
        "shown_max": _SHOWN_MAX,
        "searchable": len(listed) > _SHOWN_MAX,
        "looked_through_max": _LOOKED_THROUGH_MAX,
        "is_cut": len(listed) == _LOOKED_THROUGH_MAX,
        "together_max": TOGETHER_MAX,
    }
    return render(request, "sensors/sensors.html", context)


@require_safe
@reader_required
def chart(request: HttpRequest) -> HttpResponse:
    """`/sensors/chart/?sensor=A&sensor=B&range=1h`: a chart, and the same as a table."""
    sensors = _asked(request)
    span = span_named(request.GET.get("range", ""))
    now = utc_now()
    tables = [_table(sensor, span, now) for sensor in sensors]
    context = {
        "section": "sensors",
        "sensors": sensors,
        "spans": SPANS,
        "span": span,
        "tables": tables,
        "is_fresh": all(table["is_fresh"] for table in tables),
        "zone": settings.TIME_ZONE,
        "span_ms": int(span.length.total_seconds() * 1000),
    }
    return render(request, "sensors/chart.html", context)


@require_safe
@reader_required
def data(request: HttpRequest) -> HttpResponse:
    """`/sensors/data/?sensor=A&from=MS&to=MS&points=N`: what the chart draws, as columns."""
    try:
        first_ns, end_ns = range_from_ms(request.GET.get("from", ""), request.GET.get("to", ""))
        points = min(_POINTS_MAX, max(POINTS_MIN, int(request.GET.get("points", _POINTS))))
    except ValueError:
        raise Http404 from None
    now = utc_now()
    found = [queries.find(sensor, first_ns, end_ns, now=now) for sensor in _asked(request)]
    body = {"series": [_columns(each, points) for each in found]}
    content = orjson.dumps(body, option=_OPTIONS)
    return HttpResponse(content, content_type="application/json")


@require_safe
@reader_required
def spark(request: HttpRequest) -> HttpResponse:
    """`/sensors/spark/?sensor=A`: the last day as a small image."""
    (sensor,) = _asked(request)[:1]
    now = utc_now()
    first_ns, end_ns = range_of(span_named("1d"), now)
    found = queries.find(sensor, first_ns, end_ns, now=now)
    image = sparkline(downsampled(found.parts, _SPARK_POINTS), first_ns, end_ns)
    response = HttpResponse(image, content_type="image/svg+xml")
    response["Cache-Control"] = f"private, max-age={_SPARK_S}"
    return response


def _asked(request: HttpRequest) -> list[str]:
    sensors = list(dict.fromkeys(each for each in request.GET.getlist("sensor") if each))
    if not sensors:
        raise Http404
    return sensors[:TOGETHER_MAX]


def _row(listed: Listed) -> dict[str, Any]:
    last = listed.last
    return {
        "sensor": listed.sensor,
        "value": None if last is None else value_text(last.value),
        "at": None if last is None else moment_of(last.at),
    }


def _table(sensor: str, span: Span, now: datetime) -> dict[str, Any]:
    first_ns, end_ns = range_of(span, now)
    found = queries.find(sensor, first_ns, end_ns, now=now)
    rows = buckets(found.parts, first_ns, end_ns, _ROWS)
    return {"sensor": sensor, "rows": _readable(rows), "is_fresh": found.is_fresh}


def _readable(rows: Sequence[Bucket]) -> list[dict[str, Any]]:
    return [
        {
            "begin": moment_of(row.begin),
            "end": moment_of(row.end),
            "count": row.count,
            "lowest": value_text(row.lowest),
            "mean": value_text(row.mean),
            "highest": value_text(row.highest),
        }
        for row in reversed(rows)
    ]


def _columns(found: Found, points: int) -> dict[str, Any]:
    drawn: Readings = downsampled(found.parts, points)
    seconds = drawn["at"] / 1e9  # what uPlot counts in
    count = sum(part.summary().count for part in found.parts)
    values = np.ascontiguousarray(drawn["value"])
    return {"times": seconds, "values": values, "count": count, "archived": found.is_archived}
