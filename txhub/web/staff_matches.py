"""Doubtful matches in the admin: a posting, and what it was taken for while it was pending."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from identity import approvals, audit
from identity.staff import Role, actor_of, has_role, requires_role, staff_of
from kernel.errors import HubError
from txhub import queries, services
from txhub.approvals import UNDO_MATCH
from txhub.domain.entities import Match
from txhub.domain.fits import Fit

FITS = {
    Fit.SAME_ID: "the bank calls both by one id",
    Fit.EXACT: "the same amount",
    Fit.CENT: "the same but for rounding",
    Fit.TIP: "more, as with a tip",
    Fit.FUEL_HOLD: "a pump's hold, and what was filled",
    Fit.STAY: "an estimate, and what it came to",
    Fit.FX: "the same abroad, at another rate",
    Fit.CAPTURE: "a part of what was authorised",
    Fit.ODD: "another amount; the authorisation code says so",
}


class UndoForm(forms.Form):
    """Why the two do not belong together; for whoever approves it."""

    reason = forms.CharField(label="Reason", max_length=500, widget=forms.Textarea({"rows": 3}))


@require_safe
@requires_role(Role.VIEWER)
def listing(request: HttpRequest) -> HttpResponse:
    """`/admin/matches/`: the doubtful ones by their ids; what they are is behind each."""
    context = {
        **admin.site.each_context(request),
        "title": "Doubtful matches",
        "matches": queries.doubtful_matches(),
        "shown_max": queries.DOUBTFUL_MAX,
    }
    return _private(render(request, "admin/matches.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.VIEWER, to_post=Role.OPERATOR)
def detail(request: HttpRequest, account_id: str, posting_id: str) -> HttpResponse:
    """One match with both its sides: a look at a customer's data, so it is audited."""
    form = UndoForm(request.POST if "undo" in request.POST else None)
    if request.method == "POST" and ("confirm" in request.POST or form.is_valid()):
        _act(request, account_id, posting_id, form)
        return redirect("staff-matches")
    found = queries.match_of(account_id, posting_id)
    audit.record(
        actor=actor_of(staff_of(request)),
        action="match.viewed",
        subject=f"account:{account_id}",
        detail={"posting": posting_id},
    )
    settles = found.posting.settles
    is_operator = has_role(request.user, Role.OPERATOR)
    context = {
        **admin.site.each_context(request),
        "title": "Match",
        "posting": found.posting,
        "pending": found.pending,
        "match": settles,
        "fit": FITS[settles.fit] if settles else "",
        "percent": round(settles.confidence * 100, 1) if settles else None,
        "form": form,
        "may_confirm": is_operator and settles is not None and settles.doubtful,
        "may_undo": is_operator and settles is not None and _can_be_undone(settles),
    }
    return _private(render(request, "admin/match.html", context))


def _can_be_undone(settles: Match) -> bool:
    return settles.holds and settles.fit is not Fit.SAME_ID


def _act(request: HttpRequest, account_id: str, posting_id: str, form: UndoForm) -> None:
    try:
        if "confirm" in request.POST:
            services.confirm_match(account_id, posting_id, staff_of(request))
            messages.success(request, "Confirmed.")
        else:
            _propose(request, account_id, posting_id, form.cleaned_data["reason"])
            messages.success(request, "Proposed; somebody else must approve it.")
    except HubError as error:
        messages.error(request, error.message)


def _propose(request: HttpRequest, account_id: str, posting_id: str, reason: str) -> None:
    queries.match_of(account_id, posting_id)  # so that nobody proposes what is not there
    payload = {"account": account_id, "posting": posting_id, "reason": reason}
    approvals.propose(UNDO_MATCH, f"account:{account_id}", payload, staff_of(request))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
