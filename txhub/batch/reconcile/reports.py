"""Keeping what reconciliations say."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

import structlog

from kernel.clock import Clock, utc_now
from txhub.batch.metrics import RECONCILIATIONS, ReconciliationLabels
from txhub.batch.models import JobInstance, ReconciliationReport
from txhub.batch.reconcile.by_digest import reconcile_by_digest
from txhub.batch.reconcile.findings import Reconciliation
from txhub.batch.statuses import JobStatus

_log = structlog.get_logger(__name__)

_KEPT_UNDER_WATCH = timedelta(days=7)


def reconcile_and_keep(
    instance: JobInstance,
    reconciled: Callable[[JobInstance], Reconciliation] = reconcile_by_digest,
    *,
    clock: Clock = utc_now,
) -> Reconciliation:
    """Reconciles a job; the report is read in the admin. Raises what parsing its file raises."""
    result = reconciled(instance)
    said = asdict(result)
    job = said.pop("job")
    ReconciliationReport.objects.create(instance_id=job, at=clock(), **said)
    RECONCILIATIONS.add(ReconciliationLabels("agrees" if result.agrees else "differs"))
    if not result.agrees:
        _log.error("reconciliation_differs", job=job, faults=result.faults)
    return result


def jobs_to_reconcile(*, clock: Clock = utc_now) -> list[JobInstance]:
    """Those of the last week, and those that nobody has reconciled yet."""
    since = clock() - _KEPT_UNDER_WATCH
    return [
        each
        for each in completed_jobs()
        if each.landed_at >= since or not each.reconciliations.exists()
    ]


def completed_jobs() -> list[JobInstance]:
    """Those that brought a file in, oldest first."""
    brought_in = JobInstance.objects.exclude(profile="")
    completed = brought_in.filter(executions__status=JobStatus.COMPLETED)
    return list(completed.order_by("landed_at"))
