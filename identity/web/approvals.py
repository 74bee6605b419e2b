"""Proposals in the admin: what waits for a second person, what it is, yes or no."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from identity import approvals, audit
from identity.proposals import Approval, Proposal
from identity.staff import Role, actor_of, has_role, names_of, requires_role, staff_of
from kernel.errors import Conflict, HubError, Missing, Refused

_ACTS = {"approve": approvals.approve, "reject": approvals.reject}
_SAID = {
    Approval.DONE: (messages.SUCCESS, "Approved and carried out."),
    Approval.APPROVED: (messages.WARNING, "Approved. It will be carried out as soon as possible."),
    Approval.FAILED: (messages.ERROR, "Approved, but it could not be carried out."),
    Approval.REJECTED: (messages.SUCCESS, "Rejected."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRow:
    """A proposal as the list shows it; `decidable`: whether this person may decide on it."""

    proposal: Proposal
    label: str
    proposed_by: str
    decidable: bool


@require_safe
@requires_role(Role.VIEWER)
def listing(request: HttpRequest) -> HttpResponse:
    """`/admin/approvals/`"""
    found = approvals.open_proposals()
    return _page(request, "admin/approvals.html", "Approvals", rows=_rows(found, request.user))


@require_safe
@requires_role(Role.VIEWER)
def detail(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """One proposal with all that it would do. It may show a customer's data, so it is audited."""
    found = approvals.proposal(proposal_id)
    (row,) = _rows([found], request.user)
    audit.record(
        actor=actor_of(staff_of(request)),
        action="approval.viewed",
        subject=found.subject,
        detail={"proposal": proposal_id},
    )
    payload = approvals.payload_of(found)
    return _page(request, "admin/approval.html", row.label, row=row, payload=payload)


@require_POST
@requires_role(Role.APPROVER)
def decide(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Approves or rejects, as the button says that was pressed."""
    act = _ACTS.get(request.POST.get("decision", ""))
    if act is None:
        return HttpResponseBadRequest("neither approve nor reject")
    try:
        decided = act(proposal_id, staff_of(request))
    except (Missing, Refused, Conflict) as error:
        messages.error(request, error.message)
    except HubError as error:
        messages.error(request, f"{error.message} Please try again.")
    else:
        level, text = _SAID[decided.status]
        failure = f" ({decided.failure})" if decided.failure else ""
        messages.add_message(request, level, text + failure)
    return redirect("approvals")


def _rows(found: list[Proposal], user: object) -> list[ProposalRow]:
    names = names_of({each.proposed_by for each in found})
    me = actor_of(user) if isinstance(user, User) else ""
    may_decide = has_role(user, Role.APPROVER)
    return [
        ProposalRow(
            proposal=each,
            label=_label(each),
            proposed_by=names.get(each.proposed_by, each.proposed_by),
            decidable=may_decide and each.status is Approval.PROPOSED and each.proposed_by != me,
        )
        for each in found
    ]


def _label(proposal: Proposal) -> str:
    try:
        return approvals.kind_named(proposal.kind).label
    except approvals.UnknownKind:
        return proposal.kind  # its app is gone; it can still be rejected


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    common = {**admin.site.each_context(request), "title": title}
    response = render(request, template, {**common, **context})
    response["Cache-Control"] = "private, no-store"
    return response
