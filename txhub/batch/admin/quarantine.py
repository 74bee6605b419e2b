"""Rows in quarantine: looked at, corrected by two people, stored as they are, or discarded."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from identity import approvals
from identity.staff import Role, requires_role, staff_of
from kernel.errors import HubError
from txhub.batch import quarantine
from txhub.batch.admin.pages import ReadOnly, audited, each, state
from txhub.batch.approvals import CORRECT_ROW, DISCARD_ROW
from txhub.batch.models import QuarantinedRow
from txhub.batch.reading_again import as_in_file
from txhub.batch.statuses import RowStatus


class CorrectionForm(forms.Form):
    """`corrected`: one row of the file, as the sender should have written it."""

    corrected = forms.CharField(
        label="The row, as it should be",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        strip=False,
        max_length=100_000,
    )


@admin.register(QuarantinedRow)
class QuarantinedRowAdmin(ReadOnly):
    change_form_template = "admin/txhub/quarantinedrow/change_form.html"
    list_display = ("row", "state_mark", "code", "reason", "outcome")
    list_filter = ("status", "code", "instance__feed")
    list_select_related = ("instance",)
    search_fields = ("=id", "=instance__id")
    fields = ("instance", "line", "code", "reason", "status", "outcome", "decided_at")
    actions = ("redrive", "propose_discard")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        is_open = QuarantinedRow.objects.filter(pk=object_id, status=RowStatus.OPEN).exists()
        mine = {"open": is_open, "may_look": self.has_operator_permission(request)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **mine})

    def get_urls(self) -> list[URLPattern]:
        correct = path("<str:row_id>/correct/", correct_row, name="txhub_quarantinedrow_correct")
        return [correct, *super().get_urls()]

    @admin.display(description="row", ordering="instance")
    def row(self, row: QuarantinedRow) -> str:
        return f"line {row.line:,} of {row.instance}"

    @admin.display(description="status", ordering="status")
    def state_mark(self, row: QuarantinedRow) -> SafeString:
        return state(row.status)

    @admin.action(description="Store as it is now", permissions=["operator"])
    def redrive(self, request: HttpRequest, chosen: "QuerySet[QuarantinedRow]") -> None:
        def act(row: QuarantinedRow) -> None:
            audited(request, "quarantine.redriven", f"row:{row.pk}")
            quarantine.redrive(row.pk)

        each(request, chosen, act, "stored")

    @admin.action(description="Propose to discard", permissions=["operator"])
    def propose_discard(self, request: HttpRequest, chosen: "QuerySet[QuarantinedRow]") -> None:
        def act(row: QuarantinedRow) -> None:
            subject = f"row:{row.pk}"
            approvals.propose(DISCARD_ROW, subject, _payload(row), staff_of(request))

        each(request, chosen, act, "proposed; somebody else must approve it")


@requires_role(Role.OPERATOR)
def correct_row(request: HttpRequest, row_id: str) -> HttpResponse:
    """Shows the row as it came and takes a proposal for its correction. Looking is audited."""
    row = quarantine.row_named(row_id)
    audited(request, "quarantine.viewed", f"row:{row_id}")
    form = CorrectionForm(request.POST or None, initial={"corrected": _shown(row)})
    if request.method == "POST" and form.is_valid() and _is_proposed(request, row, form):
        return redirect(_page_of(row))
    context = {
        **admin.site.each_context(request),
        "title": f"Line {row.line} of {row.instance.feed}, {row.instance.business_date}",
        "row": row,
        "form": form,
        "open": row.status == RowStatus.OPEN,
    }
    response = render(request, "admin/txhub/quarantinedrow/correct.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _is_proposed(request: HttpRequest, row: QuarantinedRow, form: CorrectionForm) -> bool:
    """Proposes the correction; or says in the form why it cannot be."""
    corrected = form.cleaned_data["corrected"]
    payload = {**_payload(row), "corrected": corrected}
    try:
        quarantine.check_correction(row, corrected)
        approvals.propose(CORRECT_ROW, f"row:{row.pk}", payload, staff_of(request))
    except HubError as error:
        form.add_error("corrected", error.message)
        return False
    messages.success(request, "Proposed; somebody else must approve it.")
    return True


def _payload(row: QuarantinedRow) -> dict[str, object]:
    """What the second person needs to see as well."""
    about = {"file": str(row.instance), "line": row.line, "reason": row.reason}
    return {"row": row.pk, **about, "as it came": _shown(row)}


def _shown(row: QuarantinedRow) -> str:
    return as_in_file(row).rstrip("\r\n")


def _page_of(row: Model) -> str:
    return reverse("admin:txhub_quarantinedrow_change", args=[row.pk])
