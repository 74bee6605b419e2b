"""A batch: readings of several sensors, as a device sends them and as a stream record holds them.

Sensors fall into groups by their name. A batch in the stream is of one group, and the group decides
on the shard: so a sensor's readings come to one consumer, and many of them in one record.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from struct import Struct
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import zstandard

from kernel.errors import Refused
from sensors.domain.readings import READING, Floats, Ints, Readings, readings

# As many shards as this can have work. Each request makes a record for each group it touches, and
# a shard takes 1,000 records a second: so few. Order does not matter here, so it may be changed.
GROUPS = 8
# A record may have 1 MB; incompressible readings take 16 bytes each.
RECORD_BYTES_MAX = 900_000
_READING_BYTES = READING.itemsize
_PART_BYTES = 6  # a name's end and a count
_FORMAT = 1
_HEAD = Struct("<BII")  # format, bytes of names, number of readings
_PLAIN_BYTES_MAX = 2 * RECORD_BYTES_MAX
_LEVEL = 3


class BatchDamaged(Refused):
    """This is not a batch of readings, or not all of it."""

    code = "batch_damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """`readings` are those of the first sensor, then of the second, ...; `counts` says how many."""

    sensors: tuple[str, ...]
    counts: tuple[int, ...]
    readings: Readings = field(repr=False)

    def parts(self) -> Iterator[tuple[str, Readings]]:
        """Each sensor with its readings, in the order they came in."""
        borders = accumulate(self.counts, initial=0)
        for sensor, (begin, end) in zip(self.sensors, pairwise(borders), strict=True):
            yield sensor, self.readings[begin:end]


def group_of(sensor: str) -> int:
    """Which group a sensor is in."""
    return crc32(sensor.encode()) % GROUPS


def batches(names: Sequence[str], at: Ints, values: Floats) -> Iterator[tuple[int, Batch]]:
    """Rows of sensor, time and value as batches of one group each, small enough for a record."""
    index: dict[str, int] = {}
    codes = np.fromiter((index.setdefault(name, len(index)) for name in names), np.int64, len(at))
    sensors = sorted(index, key=group_of)
    rank = np.empty(len(sensors), np.int64)
    rank[[index[sensor] for sensor in sensors]] = np.arange(len(sensors))
    ranks = rank[codes]
    rows = readings(at, values)[np.argsort(ranks, kind="stable")]
    counts = np.bincount(ranks, minlength=len(sensors)).tolist()
    begin = 0
    for group, members in _cut(sensors, counts):
        end = begin + sum(count for _sensor, count in members)
        yield group, _batch(members, rows[begin:end])
        begin = end


def batch_to_bytes(batch: Batch) -> bytes:
    """Names, counts, times and values as columns, compressed; zstd's checksum guards all of it."""
    names = "\n".join(batch.sensors).encode()
    head = _HEAD.pack(_FORMAT, len(names), len(batch.readings))
    gaps = np.diff(batch.readings["at"], prepend=np.int64(0))
    columns = (
        np.array(batch.counts, "<u4").tobytes(),
        _planes(gaps.view(np.uint64)),
        _planes(np.ascontiguousarray(batch.readings["value"]).view(np.uint64)),
    )
    return _compressor().compress(b"".join((head, names, *columns)))


def batch_from_bytes(data: bytes) -> Batch:
    """Raises `BatchDamaged` for anything that `batch_to_bytes` did not make."""
    plain = _decompressed(data)
    try:
        kind, names_length, total = _HEAD.unpack_from(plain)
        counts_at = _HEAD.size + names_length
        sensors = tuple(plain[_HEAD.size : counts_at].decode().split("\n"))
        counts = np.frombuffer(plain, "<u4", len(sensors), counts_at)
        times_at = counts_at + counts.nbytes
        at = np.cumsum(_from_planes(plain, total, times_at).view(np.int64))
        bits = _from_planes(plain, total, times_at + 8 * total)
    except (ValueError, struct.error) as error:
        raise BatchDamaged from error
    if kind != _FORMAT or int(counts.sum()) != total:
        raise BatchDamaged
    return Batch(
        sensors=sensors,
        counts=tuple(counts.tolist()),
        readings=readings(at, bits.view(np.float64)),
    )


_Members = list[tuple[str, int]]


def _cut(sensors: list[str], counts: list[int]) -> Iterator[tuple[int, _Members]]:
    """Groups of sensors with counts, each small enough for a record."""
    members: _Members = []
    group, room = -1, 0
    for sensor, count in _parts_of(sensors, counts):
        size = count * _READING_BYTES + len(sensor.encode()) + _PART_BYTES
        own = group_of(sensor)
        if own != group or size > room:
            if members:
                yield group, members
            members, group, room = [], own, RECORD_BYTES_MAX
        members.append((sensor, count))
        room -= size
    if members:
        yield group, members


def _parts_of(sensors: list[str], counts: list[int]) -> Iterator[tuple[str, int]]:
    """A sensor with too many readings for one record comes several times."""
    most = RECORD_BYTES_MAX // _READING_BYTES // 2
    for sensor, count in zip(sensors, counts, strict=True):
        for begin in range(0, count, most):
            yield sensor, min(most, count - begin)


def _batch(members: _Members, rows: Readings) -> Batch:
    sensors, counts = zip(*members, strict=True)
    return Batch(sensors=sensors, counts=counts, readings=rows)


def _planes(column: npt.NDArray[np.uint64]) -> bytes:
    """The first bytes of all numbers, then the second ones: alike stands beside alike."""
    return column.view(np.uint8).reshape(-1, 8).T.tobytes()


def _from_planes(plain: bytes, count: int, offset: int) -> npt.NDArray[Any]:
    planes = np.frombuffer(plain, np.uint8, 8 * count, offset).reshape(8, -1)
    return np.ascontiguousarray(planes.T).view(np.uint64).reshape(-1)


def _compressor() -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)


def _decompressed(data: bytes) -> bytes:
    try:
        size = zstandard.get_frame_parameters(data).content_size
        if size > _PLAIN_BYTES_MAX:
            raise BatchDamaged
        return zstandard.ZstdDecompressor().decompress(data)
    except zstandard.ZstdError as error:
        raise BatchDamaged from error
