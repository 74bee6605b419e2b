"""Statements in the admin: those that are held, and the proposal to correct one."""

from itertools import islice

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from identity import approvals
from identity.staff import Role, has_role, requires_role, staff_of
from kernel.errors import HubError
from txhub.domain.entities import AccountId
from txhub.services import known_accounts
from txhub.statements import queries
from txhub.statements.approvals import CORRECT_STATEMENT
from txhub.statements.domain.months import Month, NoSuchMonth

HELD_MAX = 500  # on the list


class CorrectionForm(forms.Form):
    """Which statement to state anew, and why."""

    account = forms.CharField(label="Account", max_length=64, strip=True)
    month = forms.CharField(label="Month, such as 2026-11", max_length=7, strip=True)
    reason = forms.CharField(label="Reason", max_length=500, widget=forms.Textarea({"rows": 3}))

    def clean_account(self) -> str:
        account: str = self.cleaned_data["account"]
        if not known_accounts([AccountId(account)]):
            raise forms.ValidationError("There is no such account.")
        return account

    def clean_month(self) -> str:
        try:
            return str(Month.named(self.cleaned_data["month"]))
        except NoSuchMonth as error:
            raise forms.ValidationError(error.message) from error


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.VIEWER, to_post=Role.OPERATOR)
def listing(request: HttpRequest) -> HttpResponse:
    """`/admin/statements/`: accounts by their ids; no look at what is on a statement."""
    asked = {name: request.GET.get(name, "") for name in ("account", "month")}
    form = CorrectionForm(request.POST or None, initial=asked)
    if request.method == "POST" and form.is_valid():
        _propose(request, form)
        return redirect("staff-statements")
    held = [each for each in islice(queries.held_accounts(), HELD_MAX) if each.held]
    context = {
        **admin.site.each_context(request),
        "title": "Statements",
        "held": held,
        "held_max": HELD_MAX,
        "form": form,
        "may_propose": has_role(request.user, Role.OPERATOR),
    }
    response = render(request, "admin/statements.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _propose(request: HttpRequest, form: CorrectionForm) -> None:
    payload = form.cleaned_data
    try:
        approvals.propose(
            CORRECT_STATEMENT, f"account:{payload['account']}", payload, staff_of(request)
        )
    except HubError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Proposed; somebody else must approve it.")
