"""What `ingest` prints of a job, and what its progress bar shows."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from kernel.clock import Clock, utc_now
from txhub.batch.closing import counts_so_far
from txhub.batch.jobs import last_execution
from txhub.batch.models import FileExecution, JobInstance, PruneExecution
from txhub.batch.statuses import ACTIVE, StepStatus

NUMBERS = ("read", "written", "updated", "matched", "skipped", "quarantined", "duplicates")
WAITING = "WAITING"  # a job that has no attempt yet: its feed is busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`phase` is "waiting", "validating", "storing" or "pruning"; `done` are bytes, rows, accounts.
    `of` is None where nobody can know it."""

    phase: str
    done: int
    of: int | None
    finished: bool


def report(instance: JobInstance, *, clock: Clock = utc_now) -> dict[str, Any]:
    """The report of `ingest --json`, plus `removed` (pending entries that a full memo file did not
    name), `reason` and `attempt`."""
    execution = last_execution(instance)
    counts = counts_so_far(instance)
    return {
        "job": instance.pk,
        "status": str(execution.status) if execution else WAITING,
        **{name: getattr(counts, name) for name in NUMBERS},
        "removed": _prunes(instance).aggregate(removed=Sum("removed", default=0))["removed"],
        "totals": dict(sorted(counts.totals.items())),
        "seconds": round(execution.seconds(clock()), 3) if execution else 0.0,
        "reason": execution.reason if execution else "",
        "attempt": execution.number if execution else 0,
    }


def progress(instance: JobInstance) -> Progress:
    execution = last_execution(instance)
    if execution is None:
        return Progress(phase="waiting", done=0, of=None, finished=False)
    finished = execution.status not in ACTIVE
    file = FileExecution.objects.get(instance=instance)  # as it is now, not as it was first seen
    if file.status != StepStatus.COMPLETED:
        size = instance.size_bytes or None
        return Progress(phase="validating", done=file.bytes_done, of=size, finished=finished)
    prune = _prunes(instance).exclude(started_at=None).first()
    if prune is not None:
        return Progress(phase="pruning", done=prune.rows_done, of=None, finished=finished)
    sums = file.chunks.aggregate(done=Sum("rows_done"), of=Sum("rows"))
    return Progress(phase="storing", done=sums["done"] or 0, of=sums["of"] or 0, finished=finished)


def _prunes(instance: JobInstance) -> "QuerySet[PruneExecution]":
    return PruneExecution.objects.filter(file__instance=instance)
