"""Suppressed addresses in the admin: one is typed in and looked up; there is no list of them."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from alerts.mail.domain.addresses import BadAddress
from alerts.mail.services import suppressing
from alerts.mail.web.pages import staff_page
from identity.staff import Role, requires_role, staff_of
from kernel.errors import HubError


class AddressForm(forms.Form):
    """Whose mail does not arrive."""

    address = forms.CharField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "size": 40}),
    )


class LiftForm(forms.Form):
    """Why it should get mail again."""

    address_id = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why it works again, and who says so",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.OPERATOR)
def page(request: HttpRequest) -> HttpResponse:
    """`/admin/mail/suppressions/`: an address is posted, so that no log of addresses has it."""
    form = AddressForm(request.POST or None)
    if not form.is_valid():
        return _page(request, form)
    try:
        found = suppressing.look_up(form.cleaned_data["address"], staff_of(request))
    except BadAddress as error:
        form.add_error("address", error.message)
        return _page(request, form)
    lifting = LiftForm(initial={"address_id": found.address_id}) if found else None
    return _page(request, form, is_looked_up=True, found=found, lifting=lifting)


@require_POST
@requires_role(Role.OPERATOR)
def propose(request: HttpRequest) -> HttpResponse:
    """Proposes to lift one."""
    form = LiftForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Please say why: nothing was proposed.")
        return redirect("mail-suppressions")
    asked = form.cleaned_data
    try:
        suppressing.propose_to_lift(asked["address_id"], asked["reason"], staff_of(request))
    except HubError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Proposed. A second person has to approve it.")
    return redirect("mail-suppressions")


def _page(request: HttpRequest, form: AddressForm, **context: object) -> HttpResponse:
    title = "Suppressed addresses"
    return staff_page(request, "mail_suppressions.html", title, form=form, **context)
