"""Disputes in the admin: what customers do not recognise, and the bank's answers."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from identity import audit
from identity.staff import Role, actor_of, has_role, requires_role, staff_of
from kernel.errors import Conflict
from txhub import queries, services
from txhub.domain.disputes import NOTE_CHARACTERS_MAX, DisputeStatus


class AnswerForm(forms.Form):
    """What the customer will read."""

    answer = forms.CharField(
        label="Answer to the customer",
        max_length=NOTE_CHARACTERS_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@require_safe
@requires_role(Role.VIEWER)
def listing(request: HttpRequest) -> HttpResponse:
    """`/admin/disputes/`: the open ones by their ids; whose they are is behind each."""
    context = {
        **admin.site.each_context(request),
        "title": "Disputes",
        "disputes": queries.open_disputes(),
        "shown_max": queries.DISPUTES_MAX,
    }
    return _private(render(request, "admin/disputes.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.VIEWER, to_post=Role.OPERATOR)
def detail(request: HttpRequest, account_id: str, transaction_id: str) -> HttpResponse:
    """One dispute with its transaction: a look at a customer's data, so it is audited."""
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _answer(request, account_id, transaction_id, form.cleaned_data["answer"])
        return redirect("disputes")
    disputed = queries.disputed(account_id, transaction_id)
    audit.record(
        actor=actor_of(staff_of(request)),
        action="dispute.viewed",
        subject=f"account:{account_id}",
        detail={"transaction": transaction_id},
    )
    context = {
        **admin.site.each_context(request),
        "title": "Dispute",
        "dispute": disputed.dispute,
        "txn": disputed.transaction,
        "form": form,
        "may_answer": disputed.dispute.status is DisputeStatus.OPEN
        and has_role(request.user, Role.OPERATOR),
    }
    return _private(render(request, "admin/dispute.html", context))


def _answer(request: HttpRequest, account_id: str, transaction_id: str, answer: str) -> None:
    try:
        services.answer_dispute(account_id, transaction_id, answer, staff_of(request))
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Answered. The customer reads it on the transaction's page.")


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
