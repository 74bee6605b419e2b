"""Rows that do not fit in memory wait on disk: compressed, and sealed under a key that only this
process has, so that nothing of a file that it left behind when it died can be read.

Sorting is the textbook's: runs sorted in memory, merged from disk. Memory depends on the size of a
run and on how many are merged at once, never on the file.
"""

import heapq
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import orjson
import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.errors import Unavailable

Record = list[Any]
_BLOCK_BYTES = 64 * 1024  # of JSON lines, compressed and sealed together
_MERGED_AT_ONCE = 24
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

    def write(self, lines: Iterable[bytes]) -> Path:
        """A new file of these lines (JSON without a line feed each). Raises `SpoolFull`."""
        try:
            descriptor, name = tempfile.mkstemp(dir=self._folder.name)
            with os.fdopen(descriptor, "wb") as file:
                for block in _blocks(lines):
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
                yield from map(orjson.loads, plain.split(b"\n"))

    def _sealed(self, block: bytes) -> bytes:
        self._blocks += 1
        nonce = self._blocks.to_bytes(12, "big")
        packed = zstandard.ZstdCompressor(level=1).compress(block)
        sealed = nonce + self._cipher.encrypt(nonce, packed, None)
        return len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed


class Sorter:
    """Sorts records by what stands before their last field. A key is never there twice."""

    def __init__(self, spool: Spool, rows_max: int) -> None:
        self._spool = spool
        self._rows_max = rows_max
        self._held: list[tuple[Any, ...]] = []
        # levels[n]: files that are each `_MERGED_AT_ONCE` to the n runs long
        self._levels: list[list[Path]] = [[]]

    def add(self, key: tuple[Any, ...], line: bytes) -> None:
        """`line` is the record as JSON: the fields of `key`, then anything."""
        self._held.append((*key, line))
        if len(self._held) >= self._rows_max:
            self._spill()

    def sorted(self) -> Iterator[Record]:
        """All records. Once only."""
        if not any(self._levels):
            yield from map(orjson.loads, self._taken())
            return
        self._spill()
        yield from self._merged([path for level in self._levels for path in level])

    def _spill(self) -> None:
        if self._held:
            self._put(0, self._spool.write(self._taken()))

    def _taken(self) -> Iterator[bytes]:
        held, self._held = self._held, []
        held.sort()
        return (each[-1] for each in held)

    def _put(self, number: int, path: Path) -> None:
        if number == len(self._levels):
            self._levels.append([])
        level = self._levels[number]
        level.append(path)
        if len(level) == _MERGED_AT_ONCE:
            merged = self._spool.write(map(orjson.dumps, self._merged(level)))
            level.clear()
            self._put(number + 1, merged)

    def _merged(self, paths: Sequence[Path]) -> Iterator[Record]:
        return heapq.merge(*map(self._spool.read, paths))


def _blocks(lines: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= _BLOCK_BYTES:
            yield b"\n".join(held)
            held, size = [], 0
    if held:
        yield b"\n".join(held)


def _next_block(file: BinaryIO) -> bytes:
    return file.read(int.from_bytes(file.read(_LENGTH_BYTES), "big"))
