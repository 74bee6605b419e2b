"""Answers of the API as JSON, and writes that say which version they have seen.

The version of a resource is its `ETag`; a write names it as `If-Match`: 412 with the resource as it
stands where another was first, 428 where it names none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson
from django.http import HttpResponse
from django.utils.http import parse_etags
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.errors import Refused

JSON_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS
IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description="The ETag."
)


class VersionMissing(Refused):
    """Say which version you have seen: send its ETag as `If-Match`."""

    code = "version_missing"
    http_status: ClassVar[int] = 428


@dataclass(frozen=True)
class Current:
    """A resource as it stands: what a problem calls it, its JSON, its ETag."""

    member: str
    body: Any
    etag: str


class VersionedView(APIView):
    """Writes that may come too late: the problem then carries the resource as it stands."""

    def current(self, stored: Any) -> Current | None:
        """What an error's `stored` is to the caller; None for what is not this view's."""
        raise NotImplementedError

    def handle_exception(self, exc: Any) -> Response:
        """As everywhere, with the resource and its ETag."""
        now = self.current(getattr(exc, "stored", None))
        if now is not None:
            exc.members = {now.member: now.body}
        response = super().handle_exception(exc)
        if now is not None:
            response["ETag"] = now.etag
        return response


def json_answer(body: Any, *, status: int = 200, etag: str | None = None) -> HttpResponse:
    """`body` for the caller alone, kept by nobody."""
    response = HttpResponse(
        orjson.dumps(body, option=JSON_OPTIONS),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "private, no-store", "Vary": "Authorization"},
    )
    if etag is not None:
        response["ETag"] = etag
    return response


def version_etag(version: int) -> str:
    """A strong one: equal for equal versions of a resource and for no others."""
    return f'"{version}"'


def versions_seen(request: Request) -> Callable[[int], bool]:
    """Whether a version is among those that `If-Match` names. Raises `VersionMissing`."""
    named = request.headers.get("If-Match")
    if not named:
        raise VersionMissing
    tags = parse_etags(named)
    return lambda version: "*" in tags or version_etag(version) in tags
