"""What files say, kept as digests: made once for each job, from its archive, and not from what is
stored.

    ChunkDigest            of all rows that a chunk was to store: a line in the relational database
    digests/<job>/<chunk>  the rows themselves, as keyed digests by account: a sealed object
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import orjson
import zstandard

from aws import storage
from aws.vault import vault
from txhub.batch import conf
from txhub.batch.chunks import ChunkDiffers
from txhub.batch.models import ChunkDigest, ChunkExecution, JobInstance, QuarantinedRow
from txhub.batch.reconcile.archive import Archive, Rows, add_row, entry_in
from txhub.batch.reconcile.sources import Row
from txhub.batch.rows import NamedRow
from txhub.batch.spool import Spool
from txhub.domain.digests import NOTHING, Digest, leaf
from txhub.domain.entities import AccountId
from txhub.resources import DIGESTS

_PURPOSE = "digests"


@dataclass(slots=True)
class _Chunk:
    """The accounts of a chunk. `cut`: rows that the file step put into it; some may be left out."""

    cut: int = 0
    accounts: list[tuple[AccountId, Rows]] = field(default_factory=list)


def keep_expected(instance: JobInstance) -> None:
    """Makes and keeps them, unless they are there. Raises what parsing the archived file raises."""
    chunks = ChunkExecution.objects.filter(file__instance=instance).order_by("number")
    if chunks.count() == chunks.exclude(expected=None).count():
        return
    with Spool(conf.spool_dir()) as spool:
        accounts = _accounts(instance, Archive(instance, spool))
        for chunk in chunks:
            _keep(instance, chunk, _taken(chunk, accounts))


def expected_of(instance: JobInstance, chunk_id: str) -> Iterator[tuple[AccountId, Rows]]:
    """The rows that a chunk was to store, account by account. Raises `Tampered`."""
    pieces = storage.get_sealed(DIGESTS, _key(instance, chunk_id), purpose=_PURPOSE)
    unpack = zstandard.ZstdDecompressor().decompressobj()
    for account_id, rows in orjson.loads(b"".join(map(unpack.decompress, pieces))):
        yield account_id, {name: list(map(_row, group)) for name, group in rows.items()}


def digest_of(rows: Rows) -> Digest:
    """What rows come to once they are stored: of several of one id, the last stands."""
    key = vault().id_key("digests")
    leaves = (leaf(key, name, group[-1].facts) for name, group in rows.items())
    return sum(leaves, NOTHING)


def kept_digest(kept: ChunkDigest) -> Digest:
    return Digest(kept.rows, int(kept.digest, 16))


def _accounts(instance: JobInstance, archive: Archive) -> Iterator[tuple[int, AccountId, Rows]]:
    """Each account that the file step cut, with the number of its rows in the chunk."""
    quarantined = QuarantinedRow.objects.filter(instance=instance)
    # A re-driven row is a writer by itself, whatever was made of it.
    left_out = set(quarantined.values_list("line", flat=True))
    not_cut = set(quarantined.filter(chunk=None).values_list("line", flat=True))
    for account_id, named in archive.accounts():
        cut, rows = _cut_rows(named, left_out, not_cut)
        if cut:
            yield cut, account_id, rows


def _cut_rows(named: Iterable[NamedRow], left_out: set[int], not_cut: set[int]) -> tuple[int, Rows]:
    rows: Rows = {}
    cut = 0
    for each in named:
        entry = entry_in(each)
        cut += entry.line not in not_cut
        if entry.line not in left_out:
            add_row(rows, each, entry)
    return cut, rows


def _taken(chunk: ChunkExecution, accounts: Iterator[tuple[int, AccountId, Rows]]) -> _Chunk:
    """The next accounts, as many as the chunk has. Raises `ChunkDiffers`."""
    taken = _Chunk()
    while taken.cut < chunk.rows:
        cut, account_id, rows = next(accounts, (chunk.rows + 1, AccountId(""), {}))
        taken.cut += cut
        taken.accounts.append((account_id, rows))
    if taken.cut != chunk.rows:
        raise ChunkDiffers
    return taken


def _keep(instance: JobInstance, chunk: ChunkExecution, taken: _Chunk) -> None:
    """The object first: what the database names is there."""
    plain = orjson.dumps([(account, _plain(rows)) for account, rows in taken.accounts])
    storage.put_sealed(
        DIGESTS,
        _key(instance, chunk.pk),
        [zstandard.ZstdCompressor(level=1).compress(plain)],
        subject=f"feed:{instance.feed}",
        purpose=_PURPOSE,
    )
    digest = sum((digest_of(rows) for _account, rows in taken.accounts), NOTHING)
    days = [
        row.day for _account, rows in taken.accounts for group in rows.values() for row in group
    ]
    ChunkDigest.objects.update_or_create(
        chunk=chunk,
        defaults={
            "rows": digest.count,
            "digest": f"{digest.total:032x}",
            "first_account": taken.accounts[0][0],
            "last_account": taken.accounts[-1][0],
            "first_day": min(days, default=date.max),
            "last_day": max(days, default=date.min),
        },
    )


def _plain(rows: Rows) -> dict[str, list[object]]:
    return {
        name: [[r.line, r.day, r.facts.hex(), r.amends, r.is_pending] for r in group]
        for name, group in rows.items()
    }


def _row(values: list[object]) -> Row:
    line, day, facts, amends, is_pending = values
    return Row(
        line=int(str(line)),
        day=date.fromisoformat(str(day)),
        facts=bytes.fromhex(str(facts)),
        amends=bool(amends),
        is_pending=bool(is_pending),
    )


def _key(instance: JobInstance, chunk_id: str) -> str:
    return f"{instance.pk}/{chunk_id}"
