"""A bin: a sensor's readings of one stretch of time, packed, with a summary before them.

A bin never changes. Its name is its content's digest, so writing one twice is writing it once, and
a bin is only ever deleted after another one that holds all its readings is there.
"""

from dataclasses import dataclass, field
from hashlib import blake2b
from struct import Struct
from zlib import crc32

import numpy as np

from kernel.errors import Unavailable
from sensors.domain.codec import pack, unpack
from sensors.domain.readings import Floats, Readings

_DIGEST_BYTES = 6
# Format, count, count of numbers, first, last, lowest and highest: time and value each; sum.
# Then CRC-32 of the packed readings, and of all before.
_SUMMARY = Struct("<BIIqdqdqdqdd")
_CHECKS = Struct("<II")
_FORMAT = 1
HEADER_BYTES = _SUMMARY.size + _CHECKS.size


class BinDamaged(Unavailable):
    """A stored bin is not as it was written; restore it from a back-up or the archive."""

    code = "bin_damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One reading; `at` in ns since 1970."""

    at: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What can be told of readings without unpacking them.

    `lowest`, `highest` and `total` leave NaN out; `numbers` counts the others. Without any number
    lowest and highest are the first reading, whatever it is.
    """

    count: int
    numbers: int
    first: Point
    last: Point
    lowest: Point
    highest: Point
    total: float

    @property
    def mean(self) -> float:
        """Of the numbers; NaN without any."""
        return self.total / self.numbers if self.numbers else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """`packed` as by `codec.pack`."""

    summary: Summary
    packed: bytes = field(repr=False)

    @classmethod
    def of(cls, ordered: Readings) -> "Bin":
        """A bin of readings in their order (`as_set`), one at least."""
        return cls(summary=summarise(ordered), packed=pack(ordered))

    def readings(self) -> Readings:
        """All of them, in order."""
        count, first_at = self.summary.count, self.summary.first.at
        return unpack(self.packed, count=count, first_at=first_at)

    def header(self) -> bytes:
        """The summary and the check of the packed readings as bytes."""
        return _header(self.summary, crc32(self.packed))

    def digest(self) -> bytes:
        """Names the bin among all bins that end at the same moment."""
        return blake2b(self.header(), digest_size=_DIGEST_BYTES).digest()


def bin_from_bytes(header: bytes, packed: bytes) -> Bin:
    """Raises `BinDamaged` where any byte is not as it was written."""
    summary = summary_from_bytes(header)
    (check_of_packed, _check) = _CHECKS.unpack_from(header, _SUMMARY.size)
    if crc32(packed) != check_of_packed:
        raise BinDamaged
    return Bin(summary=summary, packed=packed)


def summary_from_bytes(header: bytes) -> Summary:
    """Raises `BinDamaged` where the header is not as it was written."""
    if len(header) != HEADER_BYTES or crc32(header[:-4]).to_bytes(4, "little") != header[-4:]:
        raise BinDamaged
    kind, count, numbers, *points, total = _SUMMARY.unpack_from(header)
    if kind != _FORMAT:
        raise BinDamaged
    first, last, lowest, highest = (
        Point(at=points[each], value=points[each + 1]) for each in (0, 2, 4, 6)
    )
    return Summary(
        count=count,
        numbers=numbers,
        first=first,
        last=last,
        lowest=lowest,
        highest=highest,
        total=total,
    )


def summarise(ordered: Readings) -> Summary:
    """The summary of readings in their order, one at least."""
    values = np.ascontiguousarray(ordered["value"])
    is_nan = np.isnan(values)
    numbers = len(values) - int(is_nan.sum())
    some_nan = 0 < numbers < len(values)
    low = int(np.nanargmin(values) if some_nan else values.argmin())
    high = int(np.nanargmax(values) if some_nan else values.argmax())
    return Summary(
        count=len(ordered),
        numbers=numbers,
        first=point_of(ordered),
        last=point_of(ordered, -1),
        lowest=point_of(ordered, low),
        highest=point_of(ordered, high),
        total=_total(values[~is_nan] if some_nan else values) if numbers else 0.0,
    )


def _header(summary: Summary, check_of_packed: int) -> bytes:
    points = (summary.first, summary.last, summary.lowest, summary.highest)
    flat = [part for point in points for part in (point.at, point.value)]
    packed = _SUMMARY.pack(_FORMAT, summary.count, summary.numbers, *flat, summary.total)
    checked = packed + check_of_packed.to_bytes(4, "little")
    return checked + crc32(checked).to_bytes(4, "little")


def point_of(some: Readings, index: int = 0) -> Point:
    """One of several readings."""
    at, value = some[index].item()
    return Point(at=at, value=value)


def _total(numbers: Floats) -> float:
    with np.errstate(invalid="ignore", over="ignore"):  # infinities of both signs; their sum is NaN
        return float(numbers.sum())
