"""What all operators' pages have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from identity.staff import Role, has_role
from kernel.clock import epoch_s, utc_now
from kernel.dashboards import Panel
from kernel.errors import Unavailable
from monitoring import queries
from monitoring.declared import dashboards


@dataclass(frozen=True, slots=True)
class Span:
    """A range up to now; `key` names it in addresses."""

    key: str
    label: str
    seconds: int


SPANS = (
    Span("15m", "15 min", 900),
    Span("1h", "Hour", 3600),
    Span("6h", "6 hours", 21_600),
    Span("1d", "Day", 86_400),
    Span("7d", "Week", 604_800),
    Span("28d", "4 weeks", 2_419_200),
)
_LAST_S = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Whether what the page shows is of now. `at`: the last frame; None: there never was one."""

    at: datetime | None
    is_stale: bool
    is_away: bool = False


def span_named(key: str) -> Span:
    """The span of this name; an hour for any other."""
    return next((span for span in SPANS if span.key == key), SPANS[1])


def freshness() -> Freshness:
    """Says it too where the measurements cannot be reached."""
    try:
        newest = queries.newest_at()
    except Unavailable:
        return Freshness(at=None, is_stale=True, is_away=True)
    if newest is None:
        return Freshness(at=None, is_stale=False)
    age_s = epoch_s(utc_now()) - newest
    return Freshness(at=datetime.fromtimestamp(newest, UTC), is_stale=age_s > queries.STALE_S)


def last_values(panels: Sequence[Panel]) -> dict[str, list[queries.ChartLine]]:
    """The lines of each panel as they were last, for a page's first paint; none where the history
    cannot be reached, which the page says."""
    now = epoch_s(utc_now())
    wanted = queries.Range(now - _LAST_S, now)
    try:
        found = queries.panels_over(panels, wanted, now=now, step_s=30)
    except Unavailable:
        return {}
    return {
        key: [queries.ChartLine(label=e.label, values=[e.last], before=None) for e in each.lines]
        for key, each in found.items()
    }


def page(
    request: HttpRequest, template: str, section: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page in the operators' frame; nobody but the browser keeps it."""
    frame = {
        "section": section,
        "boards": dashboards(),
        "freshness": freshness(),
        "may_act": has_role(request.user, Role.OPERATOR),
        "may_audit": has_role(request.user, Role.AUDITOR),
    }
    response = render(request, template, {**frame, **context}, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
