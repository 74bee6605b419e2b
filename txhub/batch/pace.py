"""How a job is getting on: done, pace, when it will end, which chunks are slow."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum

from txhub.batch.models import ChunkExecution, JobExecution
from txhub.batch.reports import progress
from txhub.batch.statuses import ACTIVE, StepStatus

_RECENT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`phase` and the numbers after it are of a running job, else empty: `done` of `of` bytes, rows
    or accounts; None while nobody can know. `rows_s` is the last minute's, or that of the whole."""

    phase: str = ""
    done: int = 0
    of: int | None = None
    rows_s: float
    left_s: int | None = None

    @property
    def percent(self) -> int | None:
        return min(100, round(100 * self.done / self.of)) if self.of else None


def pace_of(execution: JobExecution, now: datetime) -> Pace:
    rows_s = _rows_a_second(execution, now)
    if execution.status not in ACTIVE:
        return Pace(rows_s=rows_s)
    at = progress(execution.instance)
    storing = at.phase == "storing"
    left_s = round(((at.of or 0) - at.done) / rows_s) if storing and rows_s else None
    return Pace(phase=at.phase, done=at.done, of=at.of, rows_s=rows_s, left_s=left_s)


def slowest_chunks(execution: JobExecution, number: int = 5) -> list[ChunkExecution]:
    """Of those that are stored, over all attempts."""
    chunks = ChunkExecution.objects.filter(
        file__instance=execution.instance, status=StepStatus.COMPLETED
    )
    return list(chunks.order_by("-seconds")[:number])


def chunks_under_way(execution: JobExecution) -> list[ChunkExecution]:
    """Those that a worker has, the longest first."""
    chunks = ChunkExecution.objects.filter(execution=execution, status=StepStatus.RUNNING)
    return list(chunks.order_by("started_at"))


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
