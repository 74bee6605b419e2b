""" "I don't recognise this", on a transaction's own page."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from identity.web.guards import CustomerRequest, customer_required
from txhub import queries, services
from txhub.domain.disputes import NOTE_CHARACTERS_MAX
from txhub.domain.entities import CustomerId, Transaction


class DisputeForm(forms.Form):
    """What the customer may add in their own words."""

    note = forms.CharField(
        label="Anything that may help us (optional)",
        required=False,
        max_length=NOTE_CHARACTERS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_POST
@customer_required
def dispute(request: CustomerRequest, account_id: str, transaction_id: str) -> HttpResponse:
    """Opens a dispute; pressed twice, it is one."""
    form = DisputeForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"Please write at most {NOTE_CHARACTERS_MAX:,} characters.")
        return redirect("transaction", account_id, transaction_id)
    disputed, customer = _disputed(request, account_id, transaction_id)
    services.open_dispute(disputed, customer, note=form.cleaned_data["note"])
    messages.success(request, "Thank you. We have your report and will look into it.")
    return redirect("transaction", account_id, transaction_id)


@require_POST
@customer_required
def withdraw(request: CustomerRequest, account_id: str, transaction_id: str) -> HttpResponse:
    """The customer knows the transaction after all."""
    disputed, _customer = _disputed(request, account_id, transaction_id)
    services.withdraw_dispute(disputed)
    messages.success(request, "Your report is withdrawn.")
    return redirect("transaction", account_id, transaction_id)


def _disputed(
    request: CustomerRequest, account_id: str, transaction_id: str
) -> tuple[Transaction, CustomerId]:
    customer = CustomerId(request.customer.customer_id)
    account = queries.account_for(customer, account_id)
    return queries.transaction(account, transaction_id), customer
