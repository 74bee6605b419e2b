"""`/ops/logs/`: structured logs by id, event and time."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import get_current_timezone, is_naive, make_aware
from django.views.decorators.http import require_safe

from identity.staff import Role, requires_role
from kernel.clock import utc_now
from monitoring import log_lines
from monitoring.log_lines import Wanted
from monitoring.web.pages import SPANS, page, span_named

_TEXT_MAX = 200
LEVELS = ("debug", "info", "warning", "error", "critical")
_IDS = (
    "request_id",
    "correlation_id",
    "task_id",
    "parent_task_id",
    "job",
    "step",
    "checkout",
    "origins",
)


@require_safe
@requires_role(Role.VIEWER)
def search(request: HttpRequest) -> HttpResponse:
    """What matches, newest first; every id leads to all lines that have it."""
    span = span_named(request.GET.get("range", ""))
    until = _moment(request.GET.get("until", "")) or utc_now()
    wanted = Wanted(
        since=until - timedelta(seconds=span.seconds),
        until=until,
        id=request.GET.get("id", "").strip()[:_TEXT_MAX],
        event=request.GET.get("event", "").strip()[:_TEXT_MAX],
        level=request.GET.get("level", "") if request.GET.get("level") in LEVELS else "",
    )
    found = log_lines.search(wanted)
    rows = [
        {
            "line": line,
            "fields": [
                {"name": name, "values": _listed(value), "is_id": name in _IDS}
                for name, value in line.fields.items()
                if name != "logger"
            ],
        }
        for line in found.lines
    ]
    context = {
        "wanted": wanted,
        "found": found,
        "rows": rows,
        "levels": LEVELS,
        "spans": SPANS,
        "span": span,
        "until": request.GET.get("until", ""),
    }
    return page(request, "ops/logs.html", "logs", context)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _moment(text: str) -> datetime | None:
    """What a date-time field sends, in the bank's time zone."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is not None and is_naive(found):
        return make_aware(found, get_current_timezone())
    return found
