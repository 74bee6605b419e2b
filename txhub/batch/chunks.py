"""The chunk step: stores a chunk's rows in groups, then writes its checkpoint.

    read a group -> store it -> ... -> checkpoint       (crash anywhere: do it all again)

Storing is idempotent by source (chunk and line), so a retaken chunk counts what its first taker
wrote as written. The checkpoint is one transaction, conditional on the lease.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

import orjson
import zstandard
from django.db import transaction

from aws import storage
from kernel.errors import Refused
from txhub.batch import conf
from txhub.batch.counts import Counts, Totals, add_amount
from txhub.batch.leases import Lease
from txhub.batch.models import ChunkExecution, JobInstance, QuarantinedRow
from txhub.batch.partition import CHUNK_PURPOSE
from txhub.batch.rejects import Rejected, store_refused
from txhub.batch.rows import fields_json, sourced
from txhub.domain.entries import SourcedEntry
from txhub.domain.storing import Outcome, Stored
from txhub.feeds.rows import FeedKind
from txhub.resources import STAGING
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
    for group in _groups(chunk, instance):
        lease.keep(counts.read)
        stored = store_entries(group, before_write=lease.before_write)
        refused = _count(stored, counts, control)
        if refused:
            _quarantine(lease, instance, refused)
    if counts.read != chunk.rows or control != chunk.control:
        raise ChunkDiffers
    with transaction.atomic():
        lease.finish(rows_done=counts.read, **counts.as_columns())


def _groups(chunk: ChunkExecution, instance: JobInstance) -> Iterator[list[SourcedEntry]]:
    historical = instance.kind == FeedKind.HISTORICAL
    entries = (
        sourced(orjson.loads(line), chunk=chunk.pk, feed=instance.feed, historical=historical)
        for line in lines_of(chunk.object_key)
    )
    while group := list(islice(entries, conf.GROUP_ROWS)):
        yield group


def lines_of(object_key: str) -> Iterator[bytes]:
    """A chunk's lines as the file step wrote them. Raises `Tampered`, `ObjectMissing`."""
    unpack = zstandard.ZstdDecompressor().decompressobj()
    rest = b""
    for piece in storage.get_sealed(STAGING, object_key, purpose=CHUNK_PURPOSE):
        lines = (rest + unpack.decompress(piece)).split(b"\n")
        rest = lines.pop()
        yield from lines


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
        content=fields_json(stored.sourced.entry),
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
