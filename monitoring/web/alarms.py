"""`/ops/alarms/`: all alarms and objectives; one alarm, and what people can do about it."""

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from identity.staff import Role, names_of, requires_role, staff_of
from kernel.clock import epoch_s, utc_now
from kernel.errors import HubError
from monitoring.declared import panel_named
from monitoring.howtos import advice
from monitoring.repository.alarms import ALARM_REPOSITORY
from monitoring.services import alarms
from monitoring.watched import alarm_named
from monitoring.web.health import Standing, standings
from monitoring.web.overview import objectives
from monitoring.web.pages import page
from monitoring.web.texts import shown

_HISTORY = 50
_HOURS = (1, 8, 24, 168)
_BEFORE_S, _AFTER_S = 900, 300


@require_safe
@requires_role(Role.VIEWER)
def listing(request: HttpRequest) -> HttpResponse:
    """Those that fire first."""
    context = {"standings": standings(), "objectives": objectives(), "now": utc_now()}
    return page(request, "ops/alarms.html", "alarms", context)


@require_safe
@requires_role(Role.VIEWER)
def detail(request: HttpRequest, name: str) -> HttpResponse:
    """One, with its history."""
    alarm = alarm_named(name)
    board, panel = panel_named(alarm.panel)
    state = ALARM_REPOSITORY.find(name)
    history = ALARM_REPOSITORY.history(name, limit=_HISTORY)
    who = names_of({each.by for each in history} | ({state.acknowledged_by} if state else set()))
    context = {
        "standing": Standing(alarm=alarm, state=state),
        "board": board,
        "panel": panel,
        "limit": shown(alarm.limit, panel),
        "value": shown(state.value if state else None, panel),
        "is_silenced": bool(state and state.is_silenced(utc_now())),
        "acknowledged_by": who.get(state.acknowledged_by, "") if state else "",
        "history": [
            {
                "each": each,
                "value": shown(each.value, panel),
                "by": who.get(each.by, each.by),
                "around": _around(panel.key, each.at),
            }
            for each in history
        ],
        "hours": _HOURS,
        "advice": advice(alarm.howto),
    }
    return page(request, "ops/alarm.html", "alarms", context)


def _around(panel: str, at: datetime) -> str:
    """The panel as it was then, for its dashboard's address."""
    moment = epoch_s(at)
    return urlencode({"panel": panel, "from": moment - _BEFORE_S, "to": moment + _AFTER_S})


@require_POST
@requires_role(Role.OPERATOR)
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Acknowledges, silences, or lets it be heard again, as the button says."""
    try:
        said = _act(request, name)
    except HubError as error:
        messages.error(request, error.message)
    else:
        if said is None:
            return HttpResponseBadRequest("neither acknowledge, silence nor unsilence")
        messages.success(request, said)
    return redirect("ops-alarm", name)


def _act(request: HttpRequest, name: str) -> str | None:
    by = staff_of(request)
    match request.POST.get("act"):
        case "acknowledge":
            alarms.acknowledge(name, by)
            return "Acknowledged: your colleagues see that you are at it."
        case "silence" if request.POST.get("hours", "").isdecimal():
            hours = int(request.POST["hours"])
            alarms.silence(name, by, hours=hours)
            return f"Silent for {hours} h. It is evaluated all the same."
        case "unsilence":
            alarms.unsilence(name, by)
            return "People are told again."
    return None
