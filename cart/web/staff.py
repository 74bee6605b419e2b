"""Check-outs in the admin: which have not ended, what happened to each, and what can be done."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from cart import operations
from cart.approvals import CLOSE_CHECKOUT
from cart.domain.purchases import Purchase
from cart.domain.saga import InDoubt
from identity import approvals, audit
from identity.staff import Role, actor_of, has_role, requires_role, staff_of
from kernel.errors import HubError


class CloseForm(forms.Form):
    """Why the check-out should be closed by hand."""

    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


@require_safe
@requires_role(Role.VIEWER)
def listing(request: HttpRequest) -> HttpResponse:
    """`/admin/checkouts/`: those that have not ended, stuck ones first; or `?id=` one of them."""
    wanted = request.GET.get("id", "").strip()
    if wanted:
        return redirect("staff-checkout", wanted)
    context = {
        **admin.site.each_context(request),
        "title": "Check-outs",
        "checkouts": operations.open_checkouts(),
        "shown_max": operations.SHOWN_MAX,
    }
    return _private(render(request, "admin/checkouts.html", context))


@require_safe
@requires_role(Role.VIEWER)
def detail(request: HttpRequest, checkout_id: str) -> HttpResponse:
    """One with its time line. It shows what a customer buys, so it is audited."""
    purchase = operations.checkout(checkout_id)
    _record(request, "viewed", checkout_id)
    is_open = operations.is_open(purchase)
    context = {
        **admin.site.each_context(request),
        "title": "Check-out",
        "purchase": purchase,
        "entries": operations.time_line(purchase),
        "is_open": is_open,
        "may_act": is_open and has_role(request.user, Role.OPERATOR),
        "form": CloseForm(),
    }
    return _private(render(request, "admin/checkout.html", context))


@require_POST
@requires_role(Role.OPERATOR)
def act(request: HttpRequest, checkout_id: str) -> HttpResponse:
    """Retries, takes back, or proposes to close, as the button says that was pressed."""
    acts = {"retry": _retry, "take_back": _take_back, "close": _propose_to_close}
    chosen = acts.get(request.POST.get("act", ""))
    if chosen is None:
        return HttpResponseBadRequest("neither retry, take_back nor close")
    purchase = operations.checkout(checkout_id)
    try:
        messages.success(request, chosen(request, purchase))
    except HubError as error:
        messages.error(request, error.message)
    return redirect("staff-checkout", checkout_id)


def _retry(request: HttpRequest, purchase: Purchase) -> str:
    _record(request, "retried", purchase.checkout_id)
    try:
        operations.retry(purchase)
    except InDoubt:
        return "Tried again: the payment's outcome is still not known."
    return "Tried again. What follows from it takes a moment."


def _take_back(request: HttpRequest, purchase: Purchase) -> str:
    _record(request, "taken_back", purchase.checkout_id)
    operations.take_back(purchase)
    return "Taken back: nothing is charged, stock and cart are free."


def _propose_to_close(request: HttpRequest, purchase: Purchase) -> str:
    form = CloseForm(request.POST)
    if not form.is_valid():
        return "Please say why: nothing was proposed."
    payload = {"checkout": purchase.checkout_id, "reason": form.cleaned_data["reason"]}
    subject = f"checkout:{purchase.checkout_id}"
    approvals.propose(CLOSE_CHECKOUT, subject, payload, staff_of(request))
    return "Proposed. A second person has to approve it."


def _record(request: HttpRequest, act: str, checkout_id: str) -> None:
    actor = actor_of(staff_of(request))
    audit.record(actor=actor, action=f"checkout.{act}", subject=f"checkout:{checkout_id}")


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
