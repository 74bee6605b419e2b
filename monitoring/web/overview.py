"""`/ops/`: the health of each part, what fires, and what is left of the error budgets."""

from collections import Counter
from typing import Any

import redis
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from aws.metrics import reporting
from identity.staff import Role, requires_role
from kernel.dashboards import Dashboard, Panel
from kernel.errors import Unavailable
from monitoring import live
from monitoring.declared import dashboards
from monitoring.queries import ChartLine
from monitoring.watched import watched
from monitoring.web.health import MARKS, Part, Standing, firing_of, standings, word_for
from monitoring.web.pages import last_values, page
from monitoring.web.texts import shown

_LINES = 3  # of a headline


@require_safe
@requires_role(Role.VIEWER)
def overview(request: HttpRequest) -> HttpResponse:
    """All parts on one screen."""
    alarms = _standings()
    context = {
        "parts": [_part(board, alarms or []) for board in dashboards()],
        "firing": [each for each in alarms or [] if each.is_incident],
        "alarms_known": alarms is not None,
        "objectives": objectives(),
        "processes": _processes(),
    }
    return page(request, "ops/overview.html", "overview", context)


def objectives() -> list[dict[str, Any]]:
    """Each with what is left of its budget, as it was computed last."""
    try:
        budgets = (live.noted("budgets") or {}).get("budgets", {})
    except Unavailable:
        budgets = {}
    return [
        {
            "objective": each,
            "target": f"{each.target * 100:.3f}".rstrip("0").rstrip(".") + " %",
            **_budget(budgets.get(each.name)),
        }
        for each in watched().objectives
    ]


def _budget(stored: list[float | None] | None) -> dict[str, Any]:
    if stored is None or stored[2] is None:
        return {"left": None, "kept": None}
    bad, total, left = stored
    kept = 1 - (bad or 0) / total if total else None
    percent = max(-999, min(100, round((left or 0) * 100)))
    return {"left": percent, "bar": max(0, percent), "kept": None if kept is None else kept * 100}


def _standings() -> list[Standing] | None:
    try:
        return standings()
    except Unavailable:
        return None


def _part(board: Dashboard, alarms: list[Standing]) -> Part:
    headlines = [panel for panel in board.panels if panel.headline]
    values = last_values(headlines)
    is_measured = any(values.get(panel.key) for panel in headlines)
    word = word_for(board, alarms, is_measured=is_measured)
    figures = [
        {"panel": panel, "lines": _lines(values.get(panel.key, []), panel)} for panel in headlines
    ]
    return Part(
        board=board, word=word, mark=MARKS[word], firing=firing_of(board, alarms), figures=figures
    )


def _lines(lines: list[ChartLine], panel: Panel) -> list[dict[str, str]]:
    known = [line for line in lines if line.values[-1] is not None]
    return [{"label": e.label, "value": shown(e.values[-1], panel)} for e in known[:_LINES]]


def _processes() -> list[str]:
    """Who reports: the living processes by role, such as `consumer (3)`."""
    try:
        names = reporting.neighbours("web").read()
    except redis.RedisError:
        return []
    roles = Counter(name.partition("@")[0] for name in names)
    return [f"{role} ({count})" for role, count in sorted(roles.items())]
