"""Sensors in the admin: how far the archive is, and what storing costs."""

from dataclasses import asdict, replace
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity.staff import Role, requires_role
from kernel.clock import utc_now
from sensors import costing
from sensors.conf import conf
from sensors.costing import Load
from sensors.services.archiving import standings

_NO_LOAD = Load()


class LoadForm(forms.Form):
    """What to reckon with."""

    rate = forms.FloatField(label="Readings a second", min_value=1, max_value=1e8)
    every_s = forms.FloatField(
        label="Seconds between a sensor's readings", min_value=0.01, max_value=86_400
    )
    reading_bytes = forms.IntegerField(
        label="Bytes of a reading, not packed", min_value=16, max_value=1000
    )
    batch = forms.IntegerField(label="Readings in a request", min_value=1, max_value=100_000)
    bin_units = forms.IntegerField(label="KB of a full bin", min_value=1, max_value=16)


@require_safe
@requires_role(Role.VIEWER)
def archive(request: HttpRequest) -> HttpResponse:
    """`/admin/sensors/archive/`: the last day that is kept of each group, and what is late."""
    found = standings(conf(), now=utc_now())
    context = {
        "groups": found,
        "late": sum(len(each.late) for each in found),
        "kept_days": conf().kept.days,
        "deleted_days": (conf().kept + conf().deleted_after).days,
    }
    return _page(request, "admin/sensor_archive.html", "Sensors: archive", context)


@require_safe
@requires_role(Role.VIEWER)
def cost(request: HttpRequest) -> HttpResponse:
    """`/admin/sensors/cost/?rate=...`: one reading an item, ten an item, and bins."""
    policy = conf()
    preset = {**asdict(_NO_LOAD), "bin_units": policy.bin_units}
    form = LoadForm(request.GET or preset)
    context: dict[str, Any] = {"form": form, "prices": costing.load_prices()}
    if form.is_valid():
        asked = dict(form.cleaned_data)
        policy = replace(policy, bin_units=asked.pop("bin_units"))
        context["rows"] = costing.table(Load(**asked), policy, context["prices"], now=utc_now())
    return _page(request, "admin/sensor_cost.html", "Sensors: cost", context)


def _page(request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    whole = {**admin.site.each_context(request), "title": title, **context}
    response = render(request, template, whole)
    response["Cache-Control"] = "private, no-store"
    return response
