"""Jobs: what they are, how they get on, and what an operator may do to them."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from identity import approvals
from identity.staff import Role, requires_role, staff_of
from kernel.clock import utc_now
from txhub.batch import jobs, sending
from txhub.batch.admin.job_page import Act, job_page
from txhub.batch.admin.pages import ReadOnly, audited, duration, each, number, state
from txhub.batch.approvals import ABANDON_JOB
from txhub.batch.models import JobExecution, JobInstance
from txhub.batch.pace import pace_of
from txhub.batch.reports import WAITING


@admin.register(JobInstance)
class JobInstanceAdmin(ReadOnly):
    list_display = (
        "id", "feed", "kind", "business_date", "profile", "landed_at", "size", "last_status",
    )  # fmt: skip
    list_filter = ("kind", "profile", "feed")
    search_fields = ("id", "feed")
    date_hierarchy = "business_date"
    readonly_fields = ("attempts",)
    actions = ("reconcile",)

    @admin.action(description="Reconcile by digest", permissions=["operator"])
    def reconcile(self, request: HttpRequest, chosen: "QuerySet[JobInstance]") -> None:
        said = "its report appears among the reconciliation reports"
        each(request, chosen, lambda one: _reconcile(request, one), said)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[JobInstance]":
        attempts = JobExecution.objects.filter(instance=OuterRef("pk")).order_by("-number")
        found: QuerySet[JobInstance] = super().get_queryset(request)
        return found.annotate(last=Subquery(attempts.values("status")[:1]))

    @admin.display(description="size", ordering="size_bytes")
    def size(self, instance: JobInstance) -> str:
        return f"{number(instance.size_bytes)} B"

    @admin.display(description="status", ordering="last")
    def last_status(self, instance: Any) -> SafeString:
        return state(instance.last or WAITING)

    @admin.display(description="attempts")
    def attempts(self, instance: JobInstance) -> SafeString | str:
        links = [
            format_html('<a href="{}">{}</a> {}', _page_of(each), each.number, state(each.status))
            for each in instance.executions.order_by("number")
        ]
        return format_html("{} " * len(links), *links) if links else "none yet"


@admin.register(JobExecution)
class JobExecutionAdmin(ReadOnly):
    change_form_template = "admin/txhub/jobexecution/change_form.html"
    list_display = ("job", "state_mark", "getting_on", "begun", "rows", "in_quarantine")
    list_filter = ("status", "feed")
    list_select_related = ("instance",)
    search_fields = ("id", "instance__id", "feed")
    actions = ("restart", "stop", "propose_abandon")

    def get_urls(self) -> list[URLPattern]:
        act = path("<str:pk>/<str:action>/", act_on_job, name="txhub_jobexecution_act")
        # Last: the admin's own addresses look the same.
        return [*super().get_urls()[:-1], act, *super().get_urls()[-1:]]

    @admin.display(description="job")
    def job(self, execution: JobExecution) -> SafeString:
        of = execution.instance
        attempt = f", attempt {execution.number}" if execution.number > 1 else ""
        return format_html(
            "{} {}<br><small>{} · {}{}</small>",
            *(of.feed, of.kind, of.business_date.isoformat(), of.pk, attempt),
        )

    @admin.display(description="status", ordering="status")
    def state_mark(self, execution: JobExecution) -> SafeString:
        code = execution.reason.partition(":")[0]
        return format_html("{}<br><small>{}</small>", state(execution.status), code)

    @admin.display(description="progress")
    def getting_on(self, execution: JobExecution) -> SafeString:
        pace = pace_of(execution, utc_now())
        done = "" if pace.percent is None else f" {pace.percent} %"
        left = "" if pace.left_s is None else f", {duration(pace.left_s)} left"
        rate = f"{number(pace.rows_s)} rows/s" if pace.rows_s else ""
        return format_html("{}{}<br><small>{}{}</small>", pace.phase, done, rate, left)

    @admin.display(description="begun", ordering="started_at")
    def begun(self, execution: JobExecution) -> SafeString:
        begun = localtime(execution.started_at)
        took = duration(execution.seconds(utc_now()))
        return format_html("{}<br><small>for {}</small>", f"{begun:%d %b %Y, %H:%M:%S}", took)

    @admin.display(description="written", ordering="written")
    def rows(self, execution: JobExecution) -> str:
        return number(execution.written)

    @admin.display(description="quarantined", ordering="quarantined")
    def in_quarantine(self, execution: JobExecution) -> str:
        return number(execution.quarantined)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        execution = JobExecution.objects.filter(pk=object_id).select_related("instance").first()
        context: dict[str, Any] = dict(extra_context or {})
        if execution is not None:
            may_act = self.has_operator_permission(request)
            context |= {"page": job_page(execution, utc_now(), may_act=may_act)}
        return super().change_view(request, object_id, form_url, context)

    @admin.action(description="Restart: go on after the finished chunks", permissions=["operator"])
    def restart(self, request: HttpRequest, chosen: "QuerySet[JobExecution]") -> None:
        act(request, Act.RESTART, chosen)

    @admin.action(description="Stop in order", permissions=["operator"])
    def stop(self, request: HttpRequest, chosen: "QuerySet[JobExecution]") -> None:
        act(request, Act.STOP, chosen)

    @admin.action(description="Propose to abandon", permissions=["operator"])
    def propose_abandon(self, request: HttpRequest, chosen: "QuerySet[JobExecution]") -> None:
        act(request, Act.ABANDON, chosen)


def act(request: HttpRequest, action: Act, chosen: "QuerySet[JobExecution]") -> None:
    """Restarts or stops jobs, or proposes to abandon them; says what became of each."""
    match action:
        case Act.RESTART:
            each(request, chosen, lambda one: _restart(request, one), "restarted")
        case Act.STOP:
            each(request, chosen, lambda one: _stop(request, one), "stopping")
        case Act.ABANDON:
            said = "proposed; somebody else must approve it"
            each(request, chosen, lambda one: _propose_to_abandon(request, one), said)


@require_POST
@requires_role(Role.OPERATOR)
def act_on_job(request: HttpRequest, pk: str, action: str) -> HttpResponse:
    """A button on a job's own page."""
    if action not in set(Act):
        raise Http404
    act(request, Act(action), JobExecution.objects.filter(pk=pk))
    last = JobExecution.objects.filter(instance__executions=pk).order_by("-number").first()
    return redirect(_page_of(last) if last else reverse("admin:txhub_jobexecution_changelist"))


def _reconcile(request: HttpRequest, instance: JobInstance) -> None:
    audited(request, "job.reconciled", f"job:{instance.pk}")
    sending.send(sending.RECONCILE_JOB, job_id=instance.pk)


def _restart(request: HttpRequest, execution: JobExecution) -> None:
    audited(request, "job.restarted", f"job:{execution.instance_id}")
    jobs.restart(execution.instance)


def _stop(request: HttpRequest, execution: JobExecution) -> None:
    audited(request, "job.stopped", f"job:{execution.instance_id}")
    jobs.stop(execution.pk)


def _propose_to_abandon(request: HttpRequest, execution: JobExecution) -> None:
    job = execution.instance_id
    approvals.propose(ABANDON_JOB, f"job:{job}", {"job": job}, staff_of(request))


def _page_of(execution: JobExecution) -> str:
    return reverse("admin:txhub_jobexecution_change", args=[execution.pk])
