"""The inbox. Each view is a query, or a command and a redirect."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from alerts import queries
from alerts.domain.alerts import Alert, Feedback
from alerts.services import inbox as commands
from alerts.web.header import unread_text
from identity.web.guards import CustomerRequest, customer_required
from txhub.public import CustomerId, accounts_of

_PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An alert as the page shows it; `day` is the bank's."""

    alert: Alert
    label: str
    account: str
    day: date


@require_safe
@customer_required
def inbox(request: CustomerRequest) -> HttpResponse:
    """`/alerts/`: newest first; `?unread=1`, `?kind=`."""
    return render(request, "alerts/inbox.html", _inbox(request))


@require_safe
@customer_required
def news(request: CustomerRequest) -> HttpResponse:
    """What an open page asks every second: nothing where all is as it shows it, else its list."""
    customer_id, wanted = _customer_id(request), _wanted(request)
    page = queries.inbox(customer_id, wanted, limit=_PAGE)
    unread = queries.unread_count(customer_id)
    if _state(page, unread) == request.GET.get("seen"):
        return HttpResponse(status=204)
    context = _context(request, page, unread)
    return render(request, "alerts/_news.html", context)


@require_POST
@customer_required
def read(request: CustomerRequest, alert_id: str) -> HttpResponse:
    """Marks one as read, or as unread."""
    commands.mark(_customer_id(request), alert_id, read=request.POST.get("read") != "no")
    return _back(request)


@require_POST
@customer_required
def read_all(request: CustomerRequest) -> HttpResponse:
    """Marks all as read."""
    commands.mark_all(_customer_id(request))
    return _back(request)


@require_POST
@customer_required
def answer(request: CustomerRequest, alert_id: str) -> HttpResponse:
    """Says whether it was helpful, which also means that it was read."""
    try:
        feedback = Feedback(request.POST.get("feedback", ""))
    except ValueError:
        return HttpResponseBadRequest("neither helpful nor not_helpful")
    customer_id = _customer_id(request)
    commands.answer(customer_id, alert_id, feedback)
    commands.mark(customer_id, alert_id)
    return _back(request)


def _inbox(request: CustomerRequest) -> dict[str, Any]:
    customer_id, cursor = _customer_id(request), request.GET.get("cursor")
    page = queries.inbox(customer_id, _wanted(request), cursor=cursor, limit=_PAGE)
    context = _context(request, page, queries.unread_count(customer_id))
    return context | {"is_older": bool(cursor)}


def _context(request: CustomerRequest, page: queries.InboxPage, unread: int) -> dict[str, Any]:
    wanted = _wanted(request)
    names = {account.account_id: account.name for account in accounts_of(_customer_id(request))}
    rows = [
        Row(
            alert=each,
            label=queries.label_of(each.kind),
            account=names[each.account_id],
            day=timezone.localdate(each.created_at),
        )
        for each in page.alerts
        if each.account_id in names
    ]
    question = {"unread": "1"} if wanted.unread else {}
    question |= {"kind": wanted.kind} if wanted.kind else {}
    return {
        "section": "alerts",
        "today": timezone.localdate(),
        "rows": rows,
        "next_cursor": page.next_cursor,
        "unread": unread,
        "unread_alerts": unread_text(unread),
        "wanted": wanted,
        "kinds": queries.kinds(),
        "question": urlencode(question),
        "state": _state(page, unread),
    }


def _wanted(request: HttpRequest) -> queries.AlertFilter:
    kind = request.GET.get("kind")
    known = {rule.name for rule in queries.kinds()}
    return queries.AlertFilter(
        kind=kind if kind in known else None, unread=request.GET.get("unread") == "1"
    )


def _state(page: queries.InboxPage, unread: int) -> str:
    """What the first page shows, in short: another alert or another version is another state."""
    newest = page.alerts[0].alert_id if page.alerts else "-"
    return f"{newest}.{sum(each.version for each in page.alerts)}.{unread}"


def _back(request: HttpRequest) -> HttpResponse:
    """To the list as it was asked for."""
    question = request.POST.get("question", "")
    return redirect(f"/alerts/?{question}" if question else "/alerts/")


def _customer_id(request: CustomerRequest) -> CustomerId:
    return CustomerId(request.customer.customer_id)
