"""`GET /api/v1/sensors` and `GET /api/v1/sensors/{id}/readings`."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from identity.api.authentication import BearerAuthentication, DeviceAuthentication
from identity.api.lists import LinksOut, same_question
from kernel.clock import utc_now
from sensors import queries
from sensors.api.answers import (
    buckets_json,
    csv_answer,
    json_answer,
    json_of,
    readings_json,
    time_text,
)
from sensors.domain.overview import POINTS_MIN, buckets, downsampled
from sensors.domain.readings import NS_PER_S, ns, readings
from sensors.formats.times import instant
from sensors.queries import Listed

_LIMIT, _LIMIT_MAX = 50, 200
_READINGS, _READINGS_MAX = 10_000, 100_000
_POINTS_MAX = 10_000
_POINTS_A_BUCKET = 4
_RANGE_NS = 3600 * NS_PER_S
_READERS = (DeviceAuthentication, BearerAuthentication)


class InstantField(serializers.CharField):
    """A time as ns since 1970."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return instant(super().to_internal_value(data))
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error


class RangeQuery(serializers.Serializer[Any]):
    """The query parameters of a range."""

    to = InstantField(required=False, help_text="Not included; now where it is left out.")
    points = serializers.IntegerField(
        min_value=POINTS_MIN,
        max_value=_POINTS_MAX,
        required=False,
        help_text="No more readings than so many, chosen so that a chart of them looks the same.",
    )
    limit = serializers.IntegerField(
        min_value=1, max_value=_READINGS_MAX, required=False, default=_READINGS
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` is a word of the language, so it cannot be a class attribute.
        first = InstantField(required=False, help_text="Included; an hour before `to` by default.")
        return {"from": first, **super().get_fields()}


class ListQuery(serializers.Serializer[Any]):
    """The query parameters of the list."""

    limit = serializers.IntegerField(
        min_value=1, max_value=_LIMIT_MAX, required=False, default=_LIMIT
    )
    cursor = serializers.CharField(max_length=400, required=False, default=None)


class ReadingOut(serializers.Serializer[Any]):
    time = serializers.DateTimeField()
    value = serializers.FloatField(help_text='Or "NaN", "Infinity", "-Infinity".')


class BucketOut(serializers.Serializer[Any]):
    to = serializers.DateTimeField()
    count = serializers.IntegerField()
    min = serializers.FloatField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    max = serializers.FloatField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"from": serializers.DateTimeField(), **super().get_fields()}


class RangeOut(serializers.Serializer[Any]):
    data = ReadingOut(many=True)  # type: ignore[assignment]  # DRF has a `data` too
    buckets = BucketOut(many=True, required=False, help_text="With `points`; empty ones left out.")
    fresh = serializers.BooleanField(help_text="False: the newest readings cannot be had now.")
    archived = serializers.BooleanField(
        help_text="True: some come from the archive, which takes longer."
    )
    links = LinksOut()


class SensorOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    last = ReadingOut(allow_null=True, help_text="Null where none came for a day.")


class SensorListOut(serializers.Serializer[Any]):
    data = SensorOut(many=True)  # type: ignore[assignment]  # DRF has a `data` too
    links = LinksOut()


class CsvRenderer(BaseRenderer):
    """Lets clients ask for CSV; the view writes it."""

    media_type = "text/csv"
    format = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Range:
    first_ns: int
    end_ns: int
    points: int | None
    limit: int

    @classmethod
    def asked(cls, request: Request) -> "_Range":
        query = RangeQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        given = query.validated_data
        end_ns = given.get("to", ns(utc_now()) + 1)
        return cls(
            first_ns=given.get("from", end_ns - _RANGE_NS),
            end_ns=end_ns,
            points=given.get("points"),
            limit=given["limit"],
        )


class SensorsView(APIView):
    """All sensors."""

    authentication_classes = _READERS

    @extend_schema(parameters=[ListQuery], responses=SensorListOut, tags=["sensors"])
    def get(self, request: Request) -> HttpResponse:
        """Sensors with the last reading that came of each, in no order that means anything."""
        query = ListQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        limit = query.validated_data["limit"]
        found = queries.listing(after=query.validated_data["cursor"], limit=limit)
        following = {"cursor": found[-1].sensor} if len(found) == limit else None
        data = b",".join(map(_sensor_json, found))
        return json_answer(data=b"[%b]" % data, links=_links(request, following))


class SensorReadingsView(APIView):
    """A sensor's readings."""

    authentication_classes = _READERS
    renderer_classes = (JSONRenderer, CsvRenderer)

    @extend_schema(
        parameters=[RangeQuery],
        responses={(200, "application/json"): RangeOut, (200, "text/csv"): str},
        tags=["sensors"],
    )
    def get(self, request: Request, sensor: str) -> HttpResponse:
        """Readings from `from` on and before `to`, oldest first; JSON, or CSV by `Accept`.

        Without `points` all of them, page by page. With `points` so many that draw like all, and
        the count, min, mean and max of equal parts of the range. What is older than 30 days comes
        from the archive: `archived` says so, in CSV a header of that name. A sensor that nobody has
        heard of has no readings.
        """
        asked = _Range.asked(request)
        if asked.points is not None:
            return _overview(request, sensor, asked, asked.points)
        return _page(request, sensor, asked)


def _page(request: Request, sensor: str, asked: _Range) -> HttpResponse:
    page = queries.page(sensor, asked.first_ns, asked.end_ns, limit=asked.limit, now=utc_now())
    following = None
    if page.next_ns is not None:
        following = {"from": time_text(page.next_ns), "to": time_text(asked.end_ns)}
    if _wants_csv(request):
        answer = _marked(csv_answer(page.readings), page.is_archived)
        return _linked(answer, request, following)
    return json_answer(
        data=readings_json(page.readings),
        fresh=json_of(page.is_fresh),
        archived=json_of(page.is_archived),
        links=_links(request, following),
    )


def _overview(request: Request, sensor: str, asked: _Range, points: int) -> HttpResponse:
    found = queries.find(sensor, asked.first_ns, asked.end_ns, now=utc_now())
    drawn = downsampled(found.parts, points)
    if _wants_csv(request):
        return _marked(csv_answer(drawn), found.is_archived)
    count = max(1, points // _POINTS_A_BUCKET)
    return json_answer(
        data=readings_json(drawn),
        buckets=buckets_json(buckets(found.parts, asked.first_ns, asked.end_ns, count)),
        fresh=json_of(found.is_fresh),
        archived=json_of(found.is_archived),
        links=_links(request, None),
    )


def _links(request: Request, following: dict[str, str] | None) -> bytes:
    return json_of({"next": _address(request, following)})


def _marked(response: HttpResponse, is_archived: bool) -> HttpResponse:
    """What `archived` says in JSON."""
    response["Archived"] = "true" if is_archived else "false"
    return response


def _linked(
    response: HttpResponse, request: Request, following: dict[str, str] | None
) -> HttpResponse:
    """What has no room for links in its body has them in its header (RFC 8288)."""
    if address := _address(request, following):
        response["Link"] = f'<{address}>; rel="next"'
    return response


def _address(request: Request, following: dict[str, str] | None) -> str | None:
    return None if following is None else same_question(request, following)


def _sensor_json(listed: Listed) -> bytes:
    last = b"null"
    if listed.last is not None:
        last = readings_json(readings([listed.last.at], [listed.last.value]))[1:-1]
    return b'{"id":%b,"last":%b}' % (json_of(listed.sensor), last)


def _wants_csv(request: Request) -> bool:
    return request.accepted_renderer.media_type == CsvRenderer.media_type
