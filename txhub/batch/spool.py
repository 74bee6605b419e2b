"""Rows that do not fit in memory wait on disk: compressed, and sealed under a key that only this
process has, so that nothing of a file that it left behind when it died can be read.

Sorting is the textbook's: runs sorted in memory, merged from disk. Memory depends on the size of a
run and on how many are merged at once, never on the file.
"""

import heapq
import marshal
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.errors import Unavailable

# Plain tuples of text, numbers, bytes and tuples; the last field is the large one.
Record = tuple[Any, ...]
# What is packed and sealed together. A block is in memory for each file that is being merged.
_BLOCK_BYTES = 64 * 1024
_BLOCK_RECORDS = 200
_MERGED_AT_ONCE = 24
_ALIVE_EVERY = 5_000
_LENGTH_BYTES = 4


class SpoolFull(Unavailable):
    """The disk that rows wait on is full."""

    code = "spool_full"


class Spool:
    """A folder of sealed files; `with` removes it and its key."""

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self._cipher = AESGCM(AESGCM.generate_key(bit_length=256))
        self._blocks = 0  # sealed so far: the nonce, since the key is ours alone

    def __enter__(self) -> Self:
        _remove_leftovers(self._parent)
        self._folder = tempfile.TemporaryDirectory(dir=self._parent, prefix=f"{os.getpid()}-")
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        with suppress(FileNotFoundError):
            self._folder.cleanup()

    def write(self, records: Iterable[Record]) -> Path:
        """A new file of these records. Raises `SpoolFull`."""
        try:
            descriptor, name = tempfile.mkstemp(dir=self._folder.name)
            with os.fdopen(descriptor, "wb") as file:
                for block in _blocks(records):
                    file.write(self._sealed(block))
        except OSError as error:
            raise SpoolFull(f"sorting cannot spill to disk ({error.strerror})") from error
        return Path(name)

    def read(self, path: Path) -> Iterator[Record]:
        """The records of a file, in order; the file is gone afterwards."""
        unpack = zstandard.ZstdDecompressor()
        with path.open("rb") as file:
            path.unlink()  # it lives on as long as it is open
            while sealed := _next_block(file):
                plain = unpack.decompress(self._cipher.decrypt(sealed[:12], sealed[12:], None))
                # Authenticated, under a key that never left this process: our own bytes.
                yield from marshal.loads(plain)  # noqa: S302

    def _sealed(self, block: list[Record]) -> bytes:
        self._blocks += 1
        nonce = self._blocks.to_bytes(12, "big")
        packed = zstandard.ZstdCompressor(level=1).compress(marshal.dumps(block))
        sealed = nonce + self._cipher.encrypt(nonce, packed, None)
        return len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed


class Sorter:
    """Sorts records. No two may be equal in what stands before their last field.

    `alive` is called now and then while runs are merged, which may take minutes.
    """

    def __init__(
        self, spool: Spool, rows_max: int, alive: Callable[[], None] = lambda: None
    ) -> None:
        self._spool = spool
        self._rows_max = rows_max
        self._alive = alive
        self._held: list[Record] = []
        # levels[n]: files that are each `_MERGED_AT_ONCE` to the n runs long
        self._levels: list[list[Path]] = [[]]

    def add(self, record: Record) -> None:
        self._held.append(record)
        if len(self._held) >= self._rows_max:
            self._spill()

    def sorted(self) -> Iterator[Record]:
        """All records. Once only."""
        if not any(self._levels):
            yield from self._taken()
            return
        self._spill()
        yield from self._merged([path for level in self._levels for path in level])

    def _spill(self) -> None:
        if self._held:
            self._put(0, self._spool.write(self._taken()))

    def _taken(self) -> list[Record]:
        held, self._held = self._held, []
        held.sort()
        return held

    def _put(self, number: int, path: Path) -> None:
        if number == len(self._levels):
            self._levels.append([])
        level = self._levels[number]
        level.append(path)
        if len(level) == _MERGED_AT_ONCE:
            merged = self._spool.write(self._telling(self._merged(level)))
            level.clear()
            self._put(number + 1, merged)

    def _telling(self, records: Iterable[Record]) -> Iterator[Record]:
        for number, record in enumerate(records):
            if number % _ALIVE_EVERY == 0:
                self._alive()
            yield record

    def _merged(self, paths: Sequence[Path]) -> Iterator[Record]:
        return heapq.merge(*map(self._spool.read, paths))


def _remove_leftovers(parent: Path) -> None:
    """What killed processes left behind. Nobody can read it, but it takes up room."""
    for folder in parent.iterdir():
        owner = folder.name.partition("-")[0]
        if owner.isdigit() and not _is_alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True


def _blocks(records: Iterable[Record]) -> Iterator[list[Record]]:
    held: list[Record] = []
    size = 0
    for record in records:
        held.append(record)
        size += len(record[-1])
        if size >= _BLOCK_BYTES or len(held) >= _BLOCK_RECORDS:
            yield held
            held, size = [], 0
    if held:
        yield held


def _next_block(file: BinaryIO) -> bytes:
    return file.read(int.from_bytes(file.read(_LENGTH_BYTES), "big"))
