"""What to be alerted to, how, and when."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from alerts import queries
from alerts.domain.preferences import Preferences
from alerts.mail.conf import conf
from alerts.services.preferences import choose, is_unsubscribed
from alerts.web.forms import PreferencesForm
from identity.web.guards import CustomerRequest, customer_required
from kernel.errors import Conflict
from txhub.public import CustomerId

_CHANGED = "Your choices were changed elsewhere meanwhile. Here they are as they stand now."


@require_http_methods(["GET", "HEAD", "POST"])
@customer_required
def page(request: CustomerRequest) -> HttpResponse:
    """`/alerts/preferences/`"""
    chosen = queries.preferences_of(CustomerId(request.customer.customer_id))
    if request.method != "POST":
        return _page(request, PreferencesForm(chosen=chosen), chosen)
    form = PreferencesForm(request.POST, chosen=chosen)
    if not form.is_valid():
        return _page(request, form, chosen, status=422)
    if not _save(form, chosen):
        messages.warning(request, _CHANGED)
        return redirect("alert-preferences")
    messages.success(request, "Saved. It applies to what happens from now on.")
    return redirect("alerts")


def _save(form: PreferencesForm, chosen: Preferences) -> bool:
    if form.cleaned_data["version"] != chosen.version:
        return False
    try:
        choose(chosen, form.preferences())
    except Conflict:
        return False
    return True


def _page(
    request: CustomerRequest, form: PreferencesForm, chosen: Preferences, *, status: int = 200
) -> HttpResponse:
    minutes = conf().told_within // timedelta(minutes=1)
    context = {
        "section": "alerts",
        "form": form,
        "minutes": minutes,
        "is_unsubscribed": is_unsubscribed(chosen),
    }
    return render(request, "alerts/preferences.html", context, status=status)
