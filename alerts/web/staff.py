"""Rules in the admin: what is in force, other settings, what these would have done."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from alerts.approvals import ENFORCE_RULE
from alerts.domain.replays import Replay, ReplayStatus
from alerts.domain.rulebook import Answers, InForce, RuleVersion
from alerts.domain.rules import Rule
from alerts.repository import RULE_REPOSITORY
from alerts.repository.replays import REPLAY_REPOSITORY
from alerts.rules import rule_named, rules
from alerts.services import time_machine
from alerts.services.rulebook import new_version, read_rule_book
from alerts.tasks import replay as replay_task
from identity import approvals, audit
from identity.staff import Role, actor_of, has_role, requires_role, staff_of
from kernel.clock import utc_now
from kernel.errors import HubError


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A rule as the list shows it."""

    rule: Rule
    in_force: InForce
    answers: Answers


class SettingsForm(forms.Form):
    """A rule's parameters."""

    def __init__(self, rule: Rule, values: dict[str, int], sent: Any = None) -> None:
        super().__init__(sent)
        for each in rule.parameters:
            self.fields[each.name] = forms.IntegerField(
                label=f"{each.label} ({each.unit})",
                min_value=each.least,
                max_value=each.most,
                initial=values[each.name],
            )


class ReplayForm(forms.Form):
    """Which version to play over how many days."""

    version = forms.IntegerField(min_value=0)
    days = forms.IntegerField(min_value=1, max_value=time_machine.DAYS_MAX)


@require_safe
@requires_role(Role.VIEWER)
def listing(request: HttpRequest) -> HttpResponse:
    """`/admin/rules/`"""
    book = read_rule_book(utc_now())
    rows = [
        RuleRow(rule=rule, in_force=in_force, answers=_answers(in_force))
        for rule in rules()
        if (in_force := book.in_force[rule.name])
    ]
    return _page(request, "admin/rules.html", "Rules of Second Look", rows=rows)


@require_safe
@requires_role(Role.VIEWER)
def detail(request: HttpRequest, name: str) -> HttpResponse:
    """One rule: its settings, their versions, and replays."""
    rule = rule_named(name)
    book = read_rule_book(utc_now())
    versions = RULE_REPOSITORY.versions(name)
    return _page(
        request,
        "admin/rule.html",
        rule.label,
        rule=rule,
        in_force=book.in_force[name],
        versions=[_version(rule, each) for each in versions],
        defaults=_named(rule, rule.defaults),
        replays=REPLAY_REPOSITORY.of_rule(name),
        form=SettingsForm(rule, book.settings(rule)),
        days=90,
        may_act=has_role(request.user, Role.OPERATOR),
    )


@require_safe
@requires_role(Role.VIEWER)
def replay(request: HttpRequest, name: str, replay_id: str) -> HttpResponse:
    """What a replay found. Its samples show customers' transactions, so it is audited."""
    rule, found = rule_named(name), REPLAY_REPOSITORY.find(name, replay_id)
    if found.samples:
        audit.record(
            actor=actor_of(staff_of(request)),
            action="replay.viewed",
            subject=f"rule:{name}",
            detail={"replay": replay_id, "accounts": [each.account_id for each in found.samples]},
        )
    return _page(
        request,
        "admin/replay.html",
        f"Replay: {rule.label}",
        rule=rule,
        replay=found,
        sides=_sides(found),
        is_done=found.status is ReplayStatus.DONE,
    )


@require_POST
@requires_role(Role.OPERATOR)
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Makes a version, replays one or proposes one, as the button says that was pressed."""
    acts = {"make": _make, "replay": _replay, "propose": _propose, "off": _propose_off}
    chosen = acts.get(request.POST.get("act", ""))
    if chosen is None:
        return HttpResponseBadRequest("neither make, replay, propose nor off")
    rule = rule_named(name)
    try:
        messages.success(request, chosen(request, rule))
    except HubError as error:
        messages.error(request, error.message)
    return redirect("staff-rule", name)


def _make(request: HttpRequest, rule: Rule) -> str:
    form = SettingsForm(rule, rule.defaults, request.POST)
    if not form.is_valid():
        return "Nothing was kept: a value is out of bounds."
    made = new_version(rule, form.cleaned_data, staff_of(request))
    return f"Kept as version {made.number}. Nothing goes by it yet: replay it first."


def _replay(request: HttpRequest, rule: Rule) -> str:
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return "Please say which version, and over how many days."
    values = form.cleaned_data
    by = actor_of(staff_of(request))
    asked = time_machine.ask(rule, values["version"], values["days"], by)
    replay_task.delay(rule=rule.name, replay_id=asked.replay_id)
    return "Under way: it stands below as soon as it is done."


def _propose(request: HttpRequest, rule: Rule) -> str:
    return _proposed(request, rule, on=True)


def _propose_off(request: HttpRequest, rule: Rule) -> str:
    return _proposed(request, rule, on=False)


def _proposed(request: HttpRequest, rule: Rule, *, on: bool) -> str:
    number = request.POST.get("version", "")
    if not number.isdecimal():
        return "Please say which version."
    payload = {"rule": rule.name, "version": int(number), "on": on}
    approvals.propose(ENFORCE_RULE, f"rule:{rule.name}", payload, staff_of(request))
    return "Proposed. A second person has to approve it."


def _answers(in_force: InForce) -> Answers:
    return RULE_REPOSITORY.answers(in_force.rule, in_force.number)


def _version(rule: Rule, version: RuleVersion) -> dict[str, Any]:
    answers = RULE_REPOSITORY.answers(rule.name, version.number)
    values = rule.defaults | dict(version.values)
    return {"version": version, "values": _named(rule, values), "answers": answers}


def _named(rule: Rule, values: dict[str, int]) -> list[str]:
    return [f"{each.label}: {values[each.name]:,} {each.unit}" for each in rule.parameters]


def _sides(found: Replay) -> list[dict[str, Any]]:
    sides = ((f"Version {found.number}", found.tried), ("In force then", found.in_force))
    return [
        {
            "name": name,
            "tally": tally,
            "a_day": tally.a_day(found.days),
            "share": tally.share_of(found.customers) * 100,
            "precision": None if tally.answers.share is None else tally.answers.share * 100,
        }
        for name, tally in sides
    ]


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    common = {**admin.site.each_context(request), "title": title}
    response = render(request, template, {**common, **context})
    response["Cache-Control"] = "private, no-store"
    return response
