"""The chunk step: stores a chunk's rows in groups, then writes its checkpoint.

    read a group -> store it -> ... -> checkpoint       (crash anywhere: do it all again)

Storing is idempotent by source (chunk and line), so a retaken chunk counts what its first taker
wrote as written. The checkpoint is one transaction, conditional on the lease.
"""

from collections.abc import Iterator, Sequence

import orjson
from django.db import transaction

from kernel.errors import Refused
from txhub.batch import conf
from txhub.batch.counts import Counts, Totals, add_amount
from txhub.batch.cutting import lines_of
from txhub.batch.editions import is_superseded
from txhub.batch.leases import Lease
from txhub.batch.models import ChunkExecution, FileExecution, JobInstance, QuarantinedRow
from txhub.batch.rejects import Rejected, store_refused
from txhub.batch.rows import Origin, chunk_line_of
from txhub.domain.editions import Edition
from txhub.domain.entries import SourcedEntry
from txhub.domain.storing import Outcome, Stored
from txhub.feeds.rows import FeedKind
from txhub.services import store_entries


class ChunkDiffers(Refused):
    """The chunk's rows are not those that the file step counted."""

    code = "chunk_differs"


def run_chunk(lease: Lease[ChunkExecution]) -> None:
    """Raises `LeaseLost`, `StopRequested`, `ChunkDiffers`, and what storing raises."""
    chunk = lease.step
    instance = chunk.execution.instance
    counts, control = Counts(), Totals()
    _forget_refused(lease)
    for group in _groups(chunk):
        lease.keep(counts.read)
        stored = store_entries(group, before_write=lease.before_write)
        refused = _count(stored, counts, control)
        if refused:
            _quarantine(lease, instance, refused)
    if counts.read != chunk.rows or control != chunk.control:
        raise ChunkDiffers
    with transaction.atomic():
        lease.finish(rows_done=counts.read, **counts.as_columns())


def _groups(chunk: ChunkExecution) -> Iterator[list[SourcedEntry]]:
    """An account's rows are matched together, so they are parted only where they fill a group."""
    origin = origin_of(chunk.pk, chunk.file)
    group: list[SourcedEntry] = []
    for line in lines_of(chunk.object_key):
        sourced = origin.sourced(orjson.loads(line))
        goes_on = bool(group) and sourced.account_id == group[-1].account_id
        if len(group) >= conf.GROUP_ROWS * (2 if goes_on else 1):
            yield group
            group = []
        group.append(sourced)
    if group:
        yield group


def origin_of(name: str, file: FileExecution) -> Origin:
    """Where rows come from that the chunk, or quarantined row, called `name` stores."""
    return Origin(
        name=name,
        feed=file.instance.feed,
        edition=Edition(file.edition),
        historical=file.instance.kind == FeedKind.HISTORICAL,
        superseded=is_superseded(file),
    )


def _count(stored: Sequence[Stored], counts: Counts, control: Totals) -> list[Rejected]:
    refused = []
    for each in stored:
        entry = each.sourced.entry
        counts.take(each.outcome, entry.amount_minor, entry.currency)
        add_amount(control, entry.amount_minor, entry.currency)
        if each.outcome is Outcome.REFUSED:
            refused.append(_rejected(each))
    return refused


def _rejected(stored: Stored) -> Rejected:
    return Rejected(
        line=stored.sourced.entry.line,
        code="contradicts_stored",
        reason=stored.reason or "refused",
        content=chunk_line_of(stored.sourced),
        is_raw=False,
    )


def _forget_refused(lease: Lease[ChunkExecution]) -> None:
    """An earlier taker's: this one finds its own."""
    with transaction.atomic():
        lease.assert_held()
        QuarantinedRow.objects.filter(chunk=lease.step).delete()


def _quarantine(
    lease: Lease[ChunkExecution], instance: JobInstance, refused: list[Rejected]
) -> None:
    with transaction.atomic():
        lease.assert_held()
        store_refused(lease.step, instance, refused)
