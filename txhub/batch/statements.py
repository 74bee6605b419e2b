"""The job that issues statements: its input is a closing day, and no file.

    file    lists the accounts that may have a statement due by that day, and cuts them into chunks
    chunk   issues each account's due statements

What it counts are statements: issued ones as `written`, held ones as `quarantined`. A held one is
tried again by the next day's job, since it is still due.
"""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from django.db import transaction

from kernel.clock import Clock, utc_now
from kernel.errors import Missing
from txhub.batch import conf
from txhub.batch.chunks import ChunkDiffers
from txhub.batch.counts import Counts
from txhub.batch.cutting import Cut, lines_of, make_known, new_cut, write_cut
from txhub.batch.jobs import JobMissing
from txhub.batch.leases import Lease
from txhub.batch.models import STATEMENTS, ChunkExecution, FileExecution, JobInstance
from txhub.batch.statuses import JobStatus, StepStatus
from txhub.domain.entities import AccountId
from txhub.statements.queries import statements_of
from txhub.statements.repository import StatementVersion
from txhub.statements.services import Issued, due_accounts, issue_due

# Ended for good: whoever wants that day's statements issued again gets another job.
_DONE = (JobStatus.COMPLETED, JobStatus.ABANDONED)


def register(closing: date, *, clock: Clock = utc_now) -> JobInstance:
    """The job of a closing day: the one that has not ended for good, or else a new one."""
    key = _key_of(closing)
    done = JobInstance.objects.filter(object_key=key, executions__status__in=_DONE).distinct()
    instance, _created = JobInstance.objects.get_or_create(
        object_key=key,
        object_version=str(done.count() + 1),
        defaults={
            "kind": STATEMENTS,
            "feed": STATEMENTS,
            "business_date": closing,
            "landed_at": clock(),
        },
    )
    return instance


def completed(since: date) -> Iterator[JobInstance]:
    """Jobs of closing days from `since` on that have issued all they could, oldest first."""
    done = JobInstance.objects.filter(kind=STATEMENTS, business_date__gte=since)
    of_days = done.filter(executions__status=JobStatus.COMPLETED).distinct()
    return of_days.order_by("business_date", "landed_at").iterator()


def job_of(closing: date, number: int) -> JobInstance:
    """A closing day's first, second ... job. Raises `JobMissing`."""
    found = JobInstance.objects.filter(object_key=_key_of(closing), object_version=str(number))
    instance = found.first()
    if instance is None:
        raise JobMissing
    return instance


def issued_by(instance: JobInstance) -> Iterator[StatementVersion]:
    """The statements that a job has issued, in the order of accounts. It asks each account that was
    due; call it while the job's chunks are still there (30 days)."""
    chunks = ChunkExecution.objects.filter(file__instance=instance, status=StepStatus.COMPLETED)
    for chunk in chunks.order_by("number"):
        for line in lines_of(chunk.object_key):
            versions = statements_of(AccountId(line.decode()))
            yield from (each for each in reversed(versions) if each.source == chunk.pk)


def run_file(lease: Lease[FileExecution]) -> None:
    """Raises `LeaseLost`, `StopRequested`."""
    cuts = list(_cuts(lease, due_accounts(lease.step.instance.business_date)))
    with transaction.atomic():
        lease.finish(chunk_count=len(cuts), rows_done=sum(cut.rows for cut in cuts))
        make_known(lease.step, cuts)


def run_chunk(lease: Lease[ChunkExecution]) -> None:
    """Raises `LeaseLost`, `StopRequested`, `ChunkDiffers`, and what issuing raises."""
    chunk = lease.step
    counts, accounts = Counts(), 0
    for line in lines_of(chunk.object_key):
        lease.keep(accounts)
        issued = _issue(lease, AccountId(line.decode()))
        counts.written += issued.count
        counts.quarantined += issued.held is not None
        accounts += 1
    if accounts != chunk.rows:
        raise ChunkDiffers
    counts.read = counts.written + counts.quarantined
    with transaction.atomic():
        lease.finish(rows_done=accounts, **counts.as_columns())


def _key_of(closing: date) -> str:
    return f"{STATEMENTS}/{closing.isoformat()}"


def _cuts(lease: Lease[FileExecution], accounts: Iterator[AccountId]) -> Iterator[Cut]:
    number = rows = 0
    while several := list(islice(accounts, conf.CHUNK_ACCOUNTS)):
        number, rows = number + 1, rows + len(several)
        cut = new_cut(lease, number)
        cut.rows = len(several)
        write_cut(lease, cut, (account.encode() for account in several))
        lease.keep(rows)
        yield cut


def _issue(lease: Lease[ChunkExecution], account: AccountId) -> Issued:
    through = lease.step.execution.instance.business_date
    try:
        return issue_due(account, through, source=lease.step.pk, before_write=lease.before_write)
    except Missing:  # not opened yet, or forgotten with its key
        return Issued(count=0)
