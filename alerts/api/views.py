"""Alerts and preferences over HTTP: check the request, call once, answer."""

from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
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
from identity.api.answers import (
    IF_MATCH,
    Current,
    VersionedView,
    json_answer,
    version_etag,
    versions_seen,
)
from identity.api.authentication import caller
from identity.api.lists import next_link
from kernel.errors import Conflict
from txhub.public import CustomerId


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
        return json_answer(
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
        return json_answer(alert_json(alert))


class PreferencesView(VersionedView):
    """What the caller wants to be alerted to, how, and when."""

    def current(self, stored: Any) -> Current | None:
        """A conflict says what the preferences are now."""
        if not isinstance(stored, Preferences):
            return None
        return Current("preferences", preferences_json(stored), version_etag(stored.version))

    @extend_schema(responses=PreferencesOut, tags=["alerts"])
    def get(self, request: Request) -> HttpResponse:
        """All kinds with what is chosen, with the preferences' version as ETag."""
        return _preferences_answer(queries.preferences_of(_customer_id(request)))

    @extend_schema(
        request=PreferencesIn, responses=PreferencesOut, parameters=[IF_MATCH], tags=["alerts"]
    )
    def put(self, request: Request) -> HttpResponse:
        """Chooses anew. 412 with the preferences as they stand, if `If-Match` is not their ETag;
        428 without `If-Match`."""
        seen = versions_seen(request)
        asked = PreferencesIn(data=request.data)
        asked.is_valid(raise_exception=True)
        before = queries.preferences_of(_customer_id(request))
        if not seen(before.version):
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


def _preferences_answer(chosen: Preferences) -> HttpResponse:
    return json_answer(preferences_json(chosen), etag=version_etag(chosen.version))
