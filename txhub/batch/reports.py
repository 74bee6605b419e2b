"""What `ingest` prints of a job, and what its progress bar shows."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from kernel.clock import Clock, utc_now
from txhub.batch.jobs import counts_so_far, last_execution
from txhub.batch.models import JobInstance
from txhub.batch.statuses import ACTIVE, StepStatus

NUMBERS = ("read", "written", "updated", "matched", "skipped", "quarantined", "duplicates")
WAITING = "WAITING"  # a job that has no attempt yet: its feed is busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`phase` is "waiting", "validating" or "storing"; `of` is None where nobody can know yet."""

    phase: str
    done: int
    of: int | None
    finished: bool


def report(instance: JobInstance, *, clock: Clock = utc_now) -> dict[str, Any]:
    """The report of `ingest --json`, plus `reason` and `attempt`."""
    execution = last_execution(instance)
    counts = counts_so_far(instance)
    return {
        "job": instance.pk,
        "status": str(execution.status) if execution else WAITING,
        **{name: getattr(counts, name) for name in NUMBERS},
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
    file = instance.file
    if file.status != StepStatus.COMPLETED:
        size = instance.size_bytes or None
        return Progress(phase="validating", done=file.bytes_done, of=size, finished=finished)
    sums = file.chunks.aggregate(done=Sum("rows_done"), of=Sum("rows"))
    return Progress(phase="storing", done=sums["done"] or 0, of=sums["of"] or 0, finished=finished)
