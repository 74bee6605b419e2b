"""Operators' pages for batch jobs. Nothing is edited by hand: what can be done is an action, with a
role, in the audit log, and with a second person where one is asked for."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

from identity import approvals, audit
from identity.staff import Role, SeenByStaffMixin, actor_of, has_role, requires_role, staff_of
from kernel.clock import utc_now
from kernel.errors import HubError
from txhub.batch import jobs, quarantine
from txhub.batch.approvals import ABANDON_JOB, CORRECT_ROW, DISCARD_ROW
from txhub.batch.models import (
    ChunkExecution,
    FileExecution,
    JobExecution,
    JobInstance,
    QuarantinedRow,
    RefusedObject,
)
from txhub.batch.pace import pace_of, slowest_chunks
from txhub.batch.rejects import open_row
from txhub.batch.statuses import ACTIVE

COUNTS = ("read_rows", "written", "updated", "matched", "skipped", "quarantined", "duplicates")


class ReadOnly(SeenByStaffMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    """`has_operator_permission` is what actions of operators ask for."""

    def has_operator_permission(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.OPERATOR)


def each(
    request: HttpRequest, chosen: QuerySet[Any], act: Callable[[Any], object], said: str
) -> None:
    """Does `act` to each of the chosen rows and tells the operator what became of it."""
    for one in chosen:
        try:
            act(one)
        except HubError as error:
            messages.error(request, f"{one}: {error.message}")
        else:
            messages.success(request, f"{one}: {said}")


def audited(request: HttpRequest, action: str, subject: str) -> None:
    audit.record(actor=actor_of(staff_of(request)), action=action, subject=subject)


@admin.register(JobInstance)
class JobInstanceAdmin(ReadOnly):
    list_display = ("id", "feed", "kind", "business_date", "profile", "landed_at", "size_bytes")
    list_filter = ("kind", "profile")
    search_fields = ("id", "feed")
    date_hierarchy = "business_date"


@admin.register(JobExecution)
class JobExecutionAdmin(ReadOnly):
    change_form_template = "admin/txhub/jobexecution/change_form.html"
    list_display = (
        "id", "instance", "number", "status", "done", "rows_a_second", "time_left", "started_at",
        "seconds_taken", "written", "quarantined",
    )  # fmt: skip
    list_filter = ("status", "feed")
    list_select_related = ("instance",)
    search_fields = ("id", "instance__id", "feed")
    actions = ("restart", "stop", "propose_abandon")
    fields = (
        "instance", "number", "status", "reason", "done", "rows_a_second", "time_left",
        "started_at", "ended_at", "seconds_taken", *COUNTS, "totals", "slowest",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description="progress")
    def done(self, execution: JobExecution) -> str:
        pace = pace_of(execution, utc_now())
        return pace.phase if pace.percent is None else f"{pace.phase} {pace.percent} %"

    @admin.display(description="rows/s")
    def rows_a_second(self, execution: JobExecution) -> str:
        return f"{pace_of(execution, utc_now()).rows_s:,.0f}"

    @admin.display(description="time left")
    def time_left(self, execution: JobExecution) -> str:
        left_s = pace_of(execution, utc_now()).left_s
        return "-" if left_s is None else f"{left_s // 60} min {left_s % 60:02} s"

    @admin.display(description="seconds")
    def seconds_taken(self, execution: JobExecution) -> str:
        return f"{execution.seconds(utc_now()):.1f}"

    @admin.display(description="slowest chunks")
    def slowest(self, execution: JobExecution) -> str:
        return ", ".join(
            f"no. {chunk.number}: {chunk.seconds:.1f} s for {chunk.rows:,} rows"
            for chunk in slowest_chunks(execution)
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        active = JobExecution.objects.filter(pk=object_id, status__in=ACTIVE).exists()
        context = {**(extra_context or {}), "active": active}
        return super().change_view(request, object_id, form_url, context)

    @admin.action(description="Restart: go on after the finished chunks", permissions=["operator"])
    def restart(self, request: HttpRequest, chosen: QuerySet[JobExecution]) -> None:
        def act(execution: JobExecution) -> None:
            audited(request, "job.restarted", f"job:{execution.instance_id}")
            jobs.restart(execution.instance)

        each(request, chosen, act, "restarted")

    @admin.action(description="Stop in order", permissions=["operator"])
    def stop(self, request: HttpRequest, chosen: QuerySet[JobExecution]) -> None:
        def act(execution: JobExecution) -> None:
            audited(request, "job.stopped", f"job:{execution.instance_id}")
            jobs.stop(execution.pk)

        each(request, chosen, act, "stopping")

    @admin.action(description="Propose to abandon", permissions=["operator"])
    def propose_abandon(self, request: HttpRequest, chosen: QuerySet[JobExecution]) -> None:
        def act(execution: JobExecution) -> None:
            job = execution.instance_id
            approvals.propose(ABANDON_JOB, f"job:{job}", {"job": job}, staff_of(request))

        each(request, chosen, act, "proposed; somebody else must approve it")


@admin.register(FileExecution)
class FileExecutionAdmin(ReadOnly):
    list_display = (
        "id", "instance", "status", "rows_done", "chunk_count", "attempts", "seconds", "reason",
    )  # fmt: skip
    list_filter = ("status",)
    list_select_related = ("instance",)
    exclude = ("lease_token",)


@admin.register(ChunkExecution)
class ChunkExecutionAdmin(ReadOnly):
    list_display = (
        "id", "file_id", "number", "status", "rows", "rows_done", "seconds", "attempts",
        "lease_expires", "reason",
    )  # fmt: skip
    list_filter = ("status",)
    search_fields = ("=id", "=file__instance__id")
    exclude = ("lease_token",)


@admin.register(RefusedObject)
class RefusedObjectAdmin(ReadOnly):
    list_display = ("id", "at", "code", "reason", "moved_to")


class CorrectionForm(forms.Form):
    """`corrected`: one line of the file, as the sender should have written it."""

    corrected = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4, "cols": 120}), strip=False, max_length=100_000
    )


@admin.register(QuarantinedRow)
class QuarantinedRowAdmin(ReadOnly):
    change_form_template = "admin/txhub/quarantinedrow/change_form.html"
    list_display = ("id", "instance", "line", "code", "reason", "status", "outcome")
    list_filter = ("status", "code")
    list_select_related = ("instance",)
    search_fields = ("=id", "=instance__id")
    exclude = ("sealed", "correction")
    actions = ("redrive", "propose_discard")

    def get_urls(self) -> list[URLPattern]:
        correct = path("<str:row_id>/correct/", correct_row, name="txhub_quarantinedrow_correct")
        return [correct, *super().get_urls()]

    @admin.action(description="Store as it is now", permissions=["operator"])
    def redrive(self, request: HttpRequest, chosen: QuerySet[QuarantinedRow]) -> None:
        def act(row: QuarantinedRow) -> None:
            audited(request, "quarantine.redriven", f"row:{row.pk}")
            quarantine.redrive(row.pk)

        each(request, chosen, act, "stored")

    @admin.action(description="Propose to discard", permissions=["operator"])
    def propose_discard(self, request: HttpRequest, chosen: QuerySet[QuarantinedRow]) -> None:
        def act(row: QuarantinedRow) -> None:
            subject = f"row:{row.pk}"
            approvals.propose(DISCARD_ROW, subject, {"row": row.pk}, staff_of(request))

        each(request, chosen, act, "proposed; somebody else must approve it")


@requires_role(Role.OPERATOR)
def correct_row(request: HttpRequest, row_id: str) -> HttpResponse:
    """Shows the row as it came and takes a proposal for its correction. Looking is audited."""
    row = quarantine.row_named(row_id)
    audited(request, "quarantine.viewed", f"row:{row_id}")
    form = CorrectionForm(request.POST or None, initial={"corrected": _shown(row)})
    if request.method == "POST" and form.is_valid():
        _propose_correction(request, row, form.cleaned_data["corrected"])
        return redirect(_page_of(row))
    context = {**admin.site.each_context(request), "title": str(row), "row": row, "form": form}
    response = render(request, "admin/txhub/quarantinedrow/correct.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _propose_correction(request: HttpRequest, row: QuarantinedRow, corrected: str) -> None:
    payload = {"row": row.pk, "corrected": corrected}
    try:
        approvals.propose(CORRECT_ROW, f"row:{row.pk}", payload, staff_of(request))
    except HubError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Proposed; somebody else must approve it.")


def _shown(row: QuarantinedRow) -> str:
    return open_row(row).decode(errors="replace").rstrip("\r\n")


def _page_of(row: Model) -> str:
    return reverse("admin:txhub_quarantinedrow_change", args=[row.pk])
