"""`/ops/<key>/`: a dashboard, and the data that its charts draw."""

from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import get_current_timezone_name
from django.views.decorators.http import require_safe

from identity.staff import Role, requires_role
from kernel.clock import epoch_s, utc_now
from monitoring import queries
from monitoring.declared import dashboard_named
from monitoring.domain.lines import LINES_MAX
from monitoring.queries import ChartLine, Range
from monitoring.web.health import MARKS, firing_of, standings, word_for
from monitoring.web.pages import SPANS, last_values, page, span_named
from monitoring.web.texts import shown

_RANGE_MAX = 400 * 86_400


@require_safe
@requires_role(Role.VIEWER)
def dashboard(request: HttpRequest, key: str) -> HttpResponse:
    """The page with the last values; its charts fetch the rest."""
    board = dashboard_named(key)
    values = last_values(board.panels)
    alarms = standings()
    word = word_for(board, alarms, is_measured=any(values.values()))
    context = {
        "board": board,
        "word": word,
        "mark": MARKS[word],
        "firing": firing_of(board, alarms),
        "panels": [_panel(panel, values.get(panel.key, [])) for panel in board.panels],
        "spans": SPANS,
        "span": span_named(request.GET.get("range", "")),
        "compare": request.GET.get("compare") == "1",
        "zone": get_current_timezone_name(),
        "focus": request.GET.get("panel", ""),
    }
    return page(request, "ops/dashboard.html", board.key, context)


@require_safe
@requires_role(Role.VIEWER)
def data(request: HttpRequest, key: str) -> HttpResponse:
    """`?from=S&to=S&compare=1`: all panels of a dashboard on one grid of time."""
    board = dashboard_named(key)
    wanted = _range(request)
    now = epoch_s(utc_now())
    compare = request.GET.get("compare") == "1"
    chart = queries.chart(board.panels, wanted, now=now, compare=compare)
    newest = queries.newest_at()
    body = {
        "times": chart.times,
        "step": wanted.step_s,
        "newest": newest,
        "stale": newest is None or now - newest > queries.STALE_S,
        "panels": {name: [_line(line) for line in lines] for name, lines in chart.lines.items()},
    }
    response = HttpResponse(orjson.dumps(body), content_type="application/json")
    response["Cache-Control"] = "private, no-store"
    return response


def _range(request: HttpRequest) -> Range:
    try:
        first, end = int(request.GET["from"]), int(request.GET["to"])
    except (KeyError, ValueError):
        raise Http404 from None
    if not 0 <= first < end or end - first > _RANGE_MAX:
        raise Http404
    return Range(first, end)


def _panel(panel: Any, lines: list[ChartLine]) -> dict[str, Any]:
    rows = [{"label": e.label, "value": shown(e.values[-1], panel)} for e in lines]
    return {"panel": panel, "rows": rows[:LINES_MAX]}


def _line(line: ChartLine) -> dict[str, Any]:
    return {"label": line.label, "values": line.values, "before": line.before}
