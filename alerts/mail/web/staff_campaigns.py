"""Campaigns in the admin: how far each is, to the unit, and what can be done."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from alerts.mail import queries
from alerts.mail.approvals import SETTLE_UNKNOWN
from alerts.mail.domain.kinds import Campaign
from alerts.mail.domain.mails import MailStatus
from alerts.mail.kinds import all_kinds
from alerts.mail.services import campaigns
from alerts.mail.web.pages import staff_page
from identity import approvals, audit
from identity.staff import Role, actor_of, has_role, requires_role, staff_of
from kernel.clock import utc_now
from kernel.errors import HubError


class SettleForm(forms.Form):
    """What became of the unknown, and how the operator knows."""

    sent = forms.TypedChoiceField(
        label="They were",
        choices=[("yes", "sent"), ("no", "not sent")],
        coerce=lambda chosen: chosen == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="How you know", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_safe
@requires_role(Role.VIEWER)
def listing(request: HttpRequest) -> HttpResponse:
    """`/admin/mail/`, `?kind=`: the newest campaigns, and the kinds with their previews."""
    kind = all_kinds().get(request.GET.get("kind", ""))
    return staff_page(
        request,
        "mail_campaigns.html",
        "E-mail",
        campaigns=queries.newest(utc_now(), kind),
        chosen=kind,
        shown_max=queries.SHOWN_MAX,
        of_each=queries.OF_EACH_KIND,
        kinds=all_kinds().values(),
    )


@require_safe
@requires_role(Role.VIEWER)
def detail(request: HttpRequest, name: str) -> HttpResponse:
    """One campaign: no customer is named, so looking at it is not audited."""
    campaign = Campaign.named(name)
    progress = queries.progress_of(campaign, utc_now())
    return staff_page(
        request,
        "mail_campaign.html",
        progress.title,
        progress=progress,
        failed=queries.needing_attention(campaign, MailStatus.FAILED),
        unknown=queries.needing_attention(campaign, MailStatus.UNKNOWN),
        shown_max=queries.SHOWN_MAX,
        may_act=has_role(request.user, Role.OPERATOR),
        form=SettleForm(),
    )


@require_POST
@requires_role(Role.OPERATOR)
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Pauses, resumes, sends the failed again, or proposes to settle the unknown."""
    acts: dict[str, Callable[[HttpRequest, Campaign], str]] = {
        "pause": _pause,
        "resume": _resume,
        "redrive": _redrive,
        "settle": _propose_to_settle,
    }
    chosen = acts.get(request.POST.get("act", ""))
    if chosen is None:
        return HttpResponseBadRequest("neither pause, resume, redrive nor settle")
    campaign = Campaign.named(name)
    try:
        messages.success(request, chosen(request, campaign))
    except HubError as error:
        messages.error(request, error.message)
    return redirect("mail-campaign", name)


def _pause(request: HttpRequest, campaign: Campaign) -> str:
    _record(request, "paused", campaign)
    campaigns.pause(campaign)
    return "Pausing: the groups under way are ending."


def _resume(request: HttpRequest, campaign: Campaign) -> str:
    _record(request, "resumed", campaign)
    campaigns.resume(campaign)
    return "Resumed after what is done."


def _redrive(request: HttpRequest, campaign: Campaign) -> str:
    _record(request, "redriven", campaign)
    campaigns.redrive(campaign)
    return "The failed ones are being sent again; no other is."


def _propose_to_settle(request: HttpRequest, campaign: Campaign) -> str:
    form = SettleForm(request.POST)
    if not form.is_valid():
        return "Please say whether they were sent, and how you know: nothing was proposed."
    payload = {"campaign": campaign.name, **form.cleaned_data}
    approvals.propose(SETTLE_UNKNOWN, _subject(campaign), payload, staff_of(request))
    return "Proposed. A second person has to approve it."


def _record(request: HttpRequest, done: str, campaign: Campaign) -> None:
    actor = actor_of(staff_of(request))
    audit.record(actor=actor, action=f"campaign.{done}", subject=_subject(campaign))


def _subject(campaign: Campaign) -> str:
    return f"campaign:{campaign.name}"
