"""Whether the hub is in step with the bank's systems: reconciliations, and files that are due."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from txhub.batch.admin.pages import ReadOnly, number, state
from txhub.batch.models import ExpectedFile, ReconciliationReport
from txhub.batch.reconcile.findings import FINDINGS_SHOWN


@admin.register(ReconciliationReport)
class ReconciliationReportAdmin(ReadOnly):
    list_display = (
        "at", "job", "verdict", "compared", "days_compared", "balances_broken",
        "pending_left",
    )  # fmt: skip
    list_filter = ("by_digest", "instance__feed", "instance__kind")
    list_select_related = ("instance",)
    search_fields = ("=instance__id", "instance__feed")
    date_hierarchy = "at"
    exclude = ("findings",)
    readonly_fields = ("verdict", "first_findings")

    @admin.display(description="job", ordering="instance__business_date")
    def job(self, report: ReconciliationReport) -> SafeString:
        of = report.instance
        return format_html(
            "{} {}<br><small>{} · {}</small>",
            *(of.feed, of.kind, of.business_date.isoformat(), of.pk),
        )

    @admin.display(description="verdict", ordering="faults")
    def verdict(self, report: ReconciliationReport) -> SafeString:
        if not report.faults:
            return state("AGREES")
        return format_html("{} {}", state("DIFFERS"), number(report.faults))

    @admin.display(description="rows", ordering="rows")
    def compared(self, report: ReconciliationReport) -> SafeString:
        read = f"{number(report.items)} items read"
        if report.by_digest:
            read = f"{number(report.digests)} digests, {read}"
        return format_html("{}<br><small>{}</small>", number(report.rows), read)

    @admin.display(description="account-days")
    def days_compared(self, report: ReconciliationReport) -> str:
        differing = f", {number(report.days_differing)} differ" if report.days_differing else ""
        return f"{number(report.days)}{differing}"

    @admin.display(description=f"findings (the first {FINDINGS_SHOWN})")
    def first_findings(self, report: ReconciliationReport) -> SafeString | str:
        if not report.findings:
            return "none"
        rows = format_html_join(
            "",
            "<tr><th scope='row'>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            (
                (
                    each["fault"],
                    each["account_id"],
                    each["day"],
                    each["transaction_id"],
                    each["line"] or "",
                )
                for each in report.findings
            ),
        )
        heads = format_html_join(
            "",
            "<th scope='col'>{}</th>",
            ((name,) for name in ("Fault", "Account", "Day", "Transaction", "Line")),
        )
        return format_html(
            "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", heads, rows
        )


@admin.register(ExpectedFile)
class ExpectedFileAdmin(ReadOnly):
    list_display = (
        "feed", "kind", "business_date", "state_mark", "due_at", "arrived_at", "rows_of",
    )  # fmt: skip
    list_filter = ("status", "feed", "kind")
    date_hierarchy = "business_date"

    @admin.display(description="status", ordering="status")
    def state_mark(self, file: ExpectedFile) -> SafeString:
        return state(file.status)

    @admin.display(description="rows", ordering="rows")
    def rows_of(self, file: ExpectedFile) -> str:
        return f"{number(file.rows)} of at least {number(file.rows_at_least)}"
