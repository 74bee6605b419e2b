"""Keeping what reconciliations say."""

from dataclasses import asdict

from kernel.clock import Clock, utc_now
from txhub.batch.models import JobInstance, ReconciliationReport
from txhub.batch.reconcile.findings import Reconciliation
from txhub.batch.statuses import JobStatus


def keep_report(result: Reconciliation, *, clock: Clock = utc_now) -> ReconciliationReport:
    said = asdict(result)
    job = said.pop("job")
    return ReconciliationReport.objects.create(instance_id=job, at=clock(), **said)


def completed_jobs() -> list[JobInstance]:
    """Those that brought a file in, oldest first."""
    brought_in = JobInstance.objects.exclude(profile="")
    completed = brought_in.filter(executions__status=JobStatus.COMPLETED)
    return list(completed.order_by("landed_at"))
