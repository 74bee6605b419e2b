"""`POST /api/v1/sensors/readings` and `POST /api/v2/write`: devices send readings."""

from collections.abc import Callable
from typing import ClassVar, cast

import orjson
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from identity.api.authentication import DeviceAuthentication
from identity.devices import Device
from kernel.clock import utc_now
from kernel.errors import Refused
from sensors.api.bodies import read_body
from sensors.domain.readings import ns
from sensors.formats.json_readings import parse_json, parse_lines
from sensors.formats.line_protocol import parse_line_protocol
from sensors.formats.rows import Precision, Rows
from sensors.services.intake import accept

_JSON: dict[str, Callable[[bytes, Precision], Rows]] = {
    "application/json": parse_json,
    "application/x-ndjson": parse_lines,
    "application/ndjson": parse_lines,
}
_PRECISION = OpenApiParameter(
    "precision",
    enum=[each.name for each in Precision],
    description="What a time that is a whole number counts.",
)


class UnknownFormat(Refused):
    """The Content-Type is neither application/json nor application/x-ndjson."""

    code = "unknown_format"
    http_status: ClassVar[int] = 415


class UnknownPrecision(Refused):
    """`precision` is one of ns, us, ms and s."""

    code = "unknown_precision"


class ReadingIn(serializers.Serializer[None]):
    """A reading, as a device sends it."""

    sensor = serializers.CharField(help_text="Its name; up to 200 bytes.")
    time = serializers.CharField(help_text="RFC 3339, or a whole number as `precision` says.")
    value = serializers.FloatField(help_text='Or "NaN", "Infinity", "-Infinity".')


class ReadingsIn(serializers.Serializer[None]):
    readings = ReadingIn(many=True)


class AcceptedOut(serializers.Serializer[None]):
    accepted = serializers.IntegerField(help_text="Readings that are durably taken in.")


class ReadingsView(APIView):
    """Readings as JSON."""

    authentication_classes = (DeviceAuthentication,)

    @extend_schema(
        request={"application/json": ReadingsIn, "application/x-ndjson": ReadingIn},
        responses={202: AcceptedOut},
        parameters=[_PRECISION],
        tags=["sensors"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Takes readings in: `{"readings": [...]}`, an array, or one object a line; gzip too.

        Whole numbers as times are ms unless `precision` says otherwise. 202 when all are durably
        taken in; 422 with the faults of each line, and then none is; 429 or 503 with `Retry-After`
        when it is too many for the device or for all. The same reading twice counts once.
        """
        parse = _JSON.get(request.content_type.partition(";")[0].strip().lower())
        if parse is None:
            raise UnknownFormat
        rows = parse(read_body(request._request), _precision(request, Precision.ms))
        count = accept(rows, _device(request).device_id, now=utc_now())
        body = orjson.dumps({"accepted": count})
        return HttpResponse(body, status=202, content_type="application/json")


class WriteView(APIView):
    """Readings in InfluxDB's line protocol."""

    authentication_classes = (DeviceAuthentication,)

    @extend_schema(
        request={"text/plain": OpenApiTypes.STR},
        responses={204: OpenApiResponse(description="All readings are durably taken in.")},
        parameters=[
            _PRECISION,
            OpenApiParameter("org", description="Means nothing here."),
            OpenApiParameter("bucket", description="Means nothing here."),
        ],
        tags=["sensors"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Takes lines in as InfluxDB 2 does, with `Authorization: Token ...`; gzip too.

        Times are ns unless `precision` says otherwise. Each numeric field is a reading of the
        sensor `measurement,tag=value:field`. Answers as `POST /api/v1/sensors/readings` does.
        """
        precision, now = _precision(request, Precision.ns), utc_now()
        rows = parse_line_protocol(read_body(request._request), precision, now_ns=ns(now))
        accept(rows, _device(request).device_id, now=now)
        return HttpResponse(status=204)


def _precision(request: Request, default: Precision) -> Precision:
    try:
        return Precision[request.query_params.get("precision", default.name)]
    except KeyError:
        raise UnknownPrecision from None


def _device(request: Request) -> Device:
    return cast("Device", request.user)
