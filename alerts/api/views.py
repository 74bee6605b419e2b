"""Alerts and preferences over HTTP: check the request, call once, answer."""

from typing import Any, ClassVar

import orjson
from django.http import HttpResponse
from django.utils.http import parse_etags
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from alerts import queries
from alerts.api.representations import alert_json, preferences_json
from alerts.api.serializers import (
    AlertIn,
    AlertListOut,
    AlertOut,
    AlertsQuery,
    PreferencesIn,
    PreferencesOut,
)
from alerts.domain.alerts import Channel, Feedback
from alerts.domain.preferences import KindPreference, Preferences, QuietHours
from alerts.services import inbox, preferences
from identity.api.authentication import caller
from identity.api.lists import next_link
from kernel.errors import Conflict, Refused
from txhub.public import CustomerId

_IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description="The ETag."
)
_JSON = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


class VersionMissing(Refused):
    """Say which version of the preferences you have seen: send their ETag as `If-Match`."""

    code = "version_missing"
    http_status: ClassVar[int] = 428


class StalePreferences(Conflict):
    """The preferences have changed since you saw them."""

    code = "stale_preferences"
    http_status: ClassVar[int] = 412


class AlertsView(APIView):
    """The caller's alerts."""

    @extend_schema(
        operation_id="alerts_list",
        parameters=[AlertsQuery],
        responses=AlertListOut,
        tags=["alerts"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Newest first. A page may be short and still have a `next` where it is filtered."""
        asked = AlertsQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        values, customer_id = asked.validated_data, _customer_id(request)
        wanted = queries.AlertFilter(kind=values["kind"], unread=values["unread"])
        page = queries.inbox(
            customer_id, wanted, cursor=values["cursor"] or None, limit=values["limit"]
        )
        return _answer(
            {
                "data": list(map(alert_json, page.alerts)),
                "links": {"next": next_link(request, page.next_cursor)},
                "unread": queries.unread_count(customer_id),
            }
        )


class AlertView(APIView):
    """One of the caller's alerts."""

    @extend_schema(request=AlertIn, responses=AlertOut, tags=["alerts"])
    def patch(self, request: Request, alert_id: str) -> HttpResponse:
        """Marks it as read or unread, and says whether it was helpful.

        404 for somebody else's as for one that does not exist.
        """
        asked = AlertIn(data=request.data)
        asked.is_valid(raise_exception=True)
        changes, customer_id = asked.validated_data, _customer_id(request)
        if "read" in changes:
            alert = inbox.mark(customer_id, alert_id, read=changes["read"])
        if "feedback" in changes:
            said = changes["feedback"]
            alert = inbox.answer(customer_id, alert_id, Feedback(said) if said else None)
        return _answer(alert_json(alert))


class PreferencesView(APIView):
    """What the caller wants to be alerted to, how, and when."""

    def handle_exception(self, error: Any) -> Any:
        """A conflict says what the preferences are now."""
        stored = getattr(error, "stored", None)
        if isinstance(stored, Preferences):
            error.members = {"preferences": preferences_json(stored)}
        response = super().handle_exception(error)
        if isinstance(stored, Preferences):
            response["ETag"] = _etag(stored)
        return response

    @extend_schema(responses=PreferencesOut, tags=["alerts"])
    def get(self, request: Request) -> HttpResponse:
        """All kinds with what is chosen, with the preferences' version as ETag."""
        return _preferences_answer(queries.preferences_of(_customer_id(request)))

    @extend_schema(
        request=PreferencesIn, responses=PreferencesOut, parameters=[_IF_MATCH], tags=["alerts"]
    )
    def put(self, request: Request) -> HttpResponse:
        """Chooses anew. 412 with the preferences as they stand, if `If-Match` is not their ETag;
        428 without `If-Match`."""
        named = request.headers.get("If-Match")
        if not named:
            raise VersionMissing
        asked = PreferencesIn(data=request.data)
        asked.is_valid(raise_exception=True)
        before = queries.preferences_of(_customer_id(request))
        tags = parse_etags(named)
        if "*" not in tags and _etag(before) not in tags:
            raise StalePreferences(stored=before)
        try:
            return _preferences_answer(preferences.choose(before, _chosen(before, asked)))
        except Conflict as lost:
            raise StalePreferences(stored=lost.stored) from lost


def _chosen(before: Preferences, asked: PreferencesIn) -> Preferences:
    values = asked.validated_data
    quiet = values["quiet_hours"]
    return Preferences(
        customer_id=before.customer_id,
        kinds={
            each["kind"]: KindPreference(
                channels=frozenset(map(Channel, each["channels"])), settings=each["settings"]
            )
            for each in values["kinds"]
        },
        quiet=QuietHours(begin=quiet["begin"], end=quiet["end"]) if quiet else None,
        digest=values["digest"],
    )


def _customer_id(request: Request) -> CustomerId:
    return CustomerId(caller(request).customer_id)


def _etag(chosen: Preferences) -> str:
    return f'"{chosen.version}"'


def _preferences_answer(chosen: Preferences) -> HttpResponse:
    response = _answer(preferences_json(chosen))
    response["ETag"] = _etag(chosen)
    return response


def _answer(body: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(
        orjson.dumps(body, option=_JSON),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "private, no-store", "Vary": "Authorization"},
    )
