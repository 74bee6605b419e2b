"""How a job is getting on: done, pace, when it will end, which chunks were slow."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum

from txhub.batch.models import ChunkExecution, JobExecution
from txhub.batch.reports import progress
from txhub.batch.statuses import ACTIVE, StepStatus

_RECENT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`percent` and `left_s` are None while nobody can know; `rows_s` is the last minute's."""

    phase: str
    percent: int | None
    rows_s: float
    left_s: int | None


def pace_of(execution: JobExecution, now: datetime) -> Pace:
    done = progress(execution.instance)
    percent = round(100 * done.done / done.of) if done.of else None
    if done.phase != "storing":
        return Pace(phase=done.phase, percent=percent, rows_s=0.0, left_s=None)
    rows_s = _rows_a_second(execution, now)
    left = (done.of or 0) - done.done
    active = execution.status in ACTIVE
    left_s = round(left / rows_s) if rows_s and active else None
    return Pace(phase=done.phase, percent=percent, rows_s=rows_s, left_s=left_s)


def slowest_chunks(execution: JobExecution, number: int = 5) -> list[ChunkExecution]:
    chunks = ChunkExecution.objects.filter(
        file__instance=execution.instance, status=StepStatus.COMPLETED
    )
    return list(chunks.order_by("-seconds")[:number])


def _rows_a_second(execution: JobExecution, now: datetime) -> float:
    """Of a running job over its last minute; of an ended one over all its storing."""
    chunks = ChunkExecution.objects.filter(
        execution=execution, status=StepStatus.COMPLETED, ended_at__isnull=False
    )
    until = execution.ended_at or now
    if execution.status in ACTIVE:
        chunks = chunks.filter(ended_at__gte=until - _RECENT)
    begun = chunks.order_by("started_at").values_list("started_at", flat=True).first()
    if begun is None:
        return 0.0
    rows = chunks.aggregate(rows=Sum("rows"))["rows"] or 0
    return float(rows / max(0.1, (until - begun).total_seconds()))
