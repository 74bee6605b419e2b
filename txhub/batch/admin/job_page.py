"""What a job's own page shows: gathered here, so that the template only lays it out."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from kernel.money import minor_as_text, minor_digits
from txhub.batch.admin.pages import duration, number
from txhub.batch.closing import counts_so_far
from txhub.batch.counts import Counts
from txhub.batch.models import ChunkExecution, JobExecution, PruneExecution, QuarantinedRow
from txhub.batch.pace import Pace, chunks_under_way, pace_of, slowest_chunks
from txhub.batch.reports import NUMBERS
from txhub.batch.statuses import ACTIVE, RESTARTABLE, WORKING, JobStatus, RowStatus

_UNITS = {"validating": "bytes", "storing": "rows", "pruning": "accounts"}


class Act(StrEnum):
    """What an operator may do to a job."""

    RESTART = "restart"
    STOP = "stop"
    ABANDON = "abandon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    act: Act
    label: str


_BUTTONS = (
    (Act.RESTART, RESTARTABLE, "Restart: go on after what is finished"),
    (Act.STOP, WORKING, "Stop in order"),
    (Act.ABANDON, RESTARTABLE, "Propose to abandon"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    """`attempts`: all of the job, in order. `counts`: of all attempts so far where this is the
    last, else as they stood at its end. `open_rows`: in quarantine, undecided."""

    execution: JobExecution
    is_active: bool
    pace: Pace
    facts: list[tuple[str, str]]
    counts: list[tuple[str, str]]
    totals: list[tuple[str, str, str]]
    prune: PruneExecution | None
    under_way: list[ChunkExecution]
    slowest: list[ChunkExecution]
    attempts: list[JobExecution]
    open_rows: int
    buttons: list[Button]


def job_page(execution: JobExecution, now: datetime, *, may_act: bool) -> JobPage:
    instance = execution.instance
    attempts = list(instance.executions.order_by("number"))
    is_last = attempts[-1] == execution
    counts = counts_so_far(instance) if is_last else _counts_at_the_end(execution)
    pace = pace_of(execution, now)
    status = JobStatus(execution.status)
    return JobPage(
        execution=execution,
        is_active=status in ACTIVE,
        pace=pace,
        facts=_facts(execution, pace, now),
        counts=[(name, number(getattr(counts, name))) for name in NUMBERS],
        totals=_totals(counts),
        prune=PruneExecution.objects.filter(file__instance=instance).first(),
        under_way=chunks_under_way(execution),
        slowest=slowest_chunks(execution),
        attempts=attempts,
        open_rows=QuarantinedRow.objects.filter(instance=instance, status=RowStatus.OPEN).count(),
        buttons=[
            Button(act=act, label=label)
            for act, statuses, label in _BUTTONS
            if may_act and is_last and status in statuses
        ],
    )


def _facts(execution: JobExecution, pace: Pace, now: datetime) -> list[tuple[str, str]]:
    facts = [("Time", duration(execution.seconds(now))), ("Rows a second", number(pace.rows_s))]
    if pace.phase:
        facts.append(("Time left", duration(pace.left_s)))
        of = f" of {number(pace.of)}" if pace.of else ""
        facts.append(
            (pace.phase.capitalize(), f"{number(pace.done)}{of} {_UNITS.get(pace.phase, '')}")
        )
    return facts


def _counts_at_the_end(execution: JobExecution) -> Counts:
    numbers = {name: getattr(execution, name) for name in NUMBERS if name != "read"}
    return Counts(read=execution.read_rows, totals=execution.totals, **numbers)


def _totals(counts: Counts) -> list[tuple[str, str, str]]:
    """Currency, debits, credits."""
    return [
        (code, _amount(sums["debit_minor"], code), _amount(sums["credit_minor"], code))
        for code, sums in sorted(counts.totals.items())
    ]


def _amount(minor: int, currency: str) -> str:
    return f"{Decimal(minor_as_text(minor, minor_digits(currency))):,}"
