"""Cutting a job's input into chunks: sealed objects of lines, each for one worker."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import zstandard

from aws import storage
from txhub.batch.counts import Totals
from txhub.batch.leases import Lease
from txhub.batch.models import ChunkExecution, FileExecution
from txhub.resources import STAGING

CHUNK_PURPOSE = "chunk"
_PACK_BYTES = 64 * 1024


@dataclass(slots=True, kw_only=True)
class Cut:
    """A chunk as it is being written: `rows` are its lines, `control` their sums by currency."""

    number: int
    key: str
    rows: int = 0
    control: Totals = field(default_factory=dict)


def new_cut(lease: Lease[FileExecution], number: int) -> Cut:
    """The next one of a file step; no other attempt at the step has an object under its key."""
    return Cut(number=number, key=f"{lease.step.instance_id}/{lease.token}/{number:06d}")


def write_cut(lease: Lease[FileExecution], cut: Cut, lines: Iterable[bytes]) -> None:
    """Seals the lines, which may count themselves into the cut, under the feed's key."""
    storage.put_sealed(
        STAGING,
        cut.key,
        packed(lines),
        subject=f"feed:{lease.step.instance.feed}",
        purpose=CHUNK_PURPOSE,
    )


def make_known(file: FileExecution, cuts: Iterable[Cut]) -> None:
    """Makes chunks of them: within the transaction that ends the file step."""
    chunks = [
        ChunkExecution(
            file=file,
            execution_id=file.execution_id,
            number=cut.number,
            object_key=cut.key,
            rows=cut.rows,
            control=cut.control,
        )
        for cut in cuts
    ]
    ChunkExecution.objects.bulk_create(chunks, batch_size=200)


def lines_of(object_key: str) -> Iterator[bytes]:
    """A chunk's lines as the file step wrote them. Raises `Tampered`, `ObjectMissing`."""
    return unpacked(storage.get_sealed(STAGING, object_key, purpose=CHUNK_PURPOSE))


def unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The lines that were `packed`."""
    unpack = zstandard.ZstdDecompressor().decompressobj()
    rest = b""
    for piece in pieces:
        lines = (rest + unpack.decompress(piece)).split(b"\n")
        rest = lines.pop()
        yield from lines


def packed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines, which hold no newline, as a compressed stream."""
    packer = zstandard.ZstdCompressor(level=1).chunker(chunk_size=_PACK_BYTES)
    for line in lines:
        yield from packer.compress(line + b"\n")
    yield from packer.finish()  # type: ignore[no-untyped-call]
