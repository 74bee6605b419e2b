"""A bin's readings as few bytes, and back to the bit: times and values as two columns.

    frame | times | odd positions | odd values | values

Times are the gaps between them, divided by their greatest common divisor; where all gaps are the
same nothing more is kept. Values with few decimals, which is what most sensors send, become whole
numbers: only if *dividing back* gives the same 64 bits. Those that do not (NaN, infinities,
negative zero among them) are kept beside as they are, and if they are many, all are kept as
floats. Both columns are packed by pcodec (docs/adr/0015-bins.md has what was tried).
"""

from struct import Struct
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pcodec import ChunkConfig, standalone

from sensors.domain.readings import READING, Floats, Ints, Readings

# Decimals of the values (-1: floats), gap of the times (ns), smallest whole number, length of the
# times' column (0: all gaps are the same), number of odd values.
_FRAME = Struct("<bQqII")
_FLOATS = -1
_POWERS = np.array([float(10**n) for n in range(16)])  # each of them exact
_WHOLE_MAX = 2.0**53  # up to here a float holds every whole number
_SAMPLE = 16
_ODD_SHARE = 16  # one in so many may be odd
_CONFIG = ChunkConfig(compression_level=8)

Bits = npt.NDArray[np.uint64]


class _Whole(NamedTuple):
    """Values as whole numbers of 10^-decimals; `is_odd` marks those that are not."""

    decimals: int
    numbers: Ints
    is_odd: npt.NDArray[np.bool_]


def pack(ordered: Readings) -> bytes:
    """Readings in their order (`as_set`), one at least, without the time of the first."""
    gap, times = _pack_times(ordered["at"])
    values = np.ascontiguousarray(ordered["value"])
    whole = _as_whole(values)
    if whole is None:
        return _FRAME.pack(_FLOATS, gap, 0, len(times), 0) + times + _squeeze(values)
    odd = np.flatnonzero(whole.is_odd).astype("<u4")
    low = int(whole.numbers.min())
    frame = _FRAME.pack(whole.decimals, gap, low, len(times), len(odd))
    raised = _narrowest((whole.numbers - low).astype(np.uint64))
    return b"".join((frame, times, odd.tobytes(), values[odd].tobytes(), _squeeze(raised)))


def unpack(packed: bytes, *, count: int, first_at: int) -> Readings:
    """What `pack` was given. `packed` is whole: whoever calls has checked that."""
    decimals, gap, low, times_length, odd_count = _FRAME.unpack_from(packed)
    times_end = _FRAME.size + times_length
    unpacked = np.empty(count, READING)
    unpacked["at"] = _unpack_times(packed[_FRAME.size : times_end], gap, count, first_at)
    odd_end = times_end + 12 * odd_count
    column = standalone.simple_decompress(packed[odd_end:])
    if decimals == _FLOATS:
        unpacked["value"] = column
        return unpacked
    values = (column.astype(np.int64) + low) / _POWERS[decimals]
    odd = np.frombuffer(packed, "<u4", odd_count, times_end)
    values[odd] = np.frombuffer(packed, "<f8", odd_count, times_end + 4 * odd_count)
    unpacked["value"] = values
    return unpacked


def _pack_times(at: Ints) -> tuple[int, bytes]:
    moments = np.ascontiguousarray(at).view(np.uint64)
    gaps = moments[1:] - moments[:-1]  # modulo 2^64: right for any two times in order
    if not len(gaps):
        return 0, b""
    if bool((gaps == gaps[0]).all()):
        return int(gaps[0]), b""
    gap = int(np.gcd.reduce(gaps))
    return gap, _squeeze(_narrowest(gaps // np.uint64(gap)))


def _unpack_times(times: bytes, gap: int, count: int, first_at: int) -> Ints:
    steps: Any = standalone.simple_decompress(times) if times else np.ones(count - 1, np.uint64)
    moments = np.empty(count, np.uint64)
    moments[0] = np.int64(first_at).view(np.uint64)
    moments[1:] = steps
    moments[1:] *= np.uint64(gap)
    return np.cumsum(moments, dtype=np.uint64).view(np.int64)


def _as_whole(values: Floats) -> _Whole | None:
    odd_max = max(2, len(values) // _ODD_SHARE)
    for decimals in _likely_decimals(values):
        numbers, is_odd = _scaled(values, _POWERS[decimals])
        if int(is_odd.sum()) <= odd_max and not is_odd.all():
            return _Whole(decimals, _smoothed(numbers, is_odd), is_odd)
    return None


def _likely_decimals(values: Floats) -> list[int]:
    """The numbers of decimals that suit most of a sample."""
    sample = values[:: max(1, len(values) // _SAMPLE)]
    _numbers, is_odd = _scaled(sample[:, np.newaxis], _POWERS)
    return [int(each) for each in np.flatnonzero(is_odd.mean(axis=0) <= 0.25)]


def _scaled(values: Floats, power: Any) -> tuple[Ints, npt.NDArray[np.bool_]]:
    with np.errstate(all="ignore"):
        scaled = np.round(values * power)
        numbers = scaled.astype(np.int64)
        same_bits = (numbers / power).view(np.uint64) == values.view(np.uint64)
    return numbers, ~(same_bits & (np.abs(scaled) < _WHOLE_MAX))


def _smoothed(numbers: Ints, is_odd: npt.NDArray[np.bool_]) -> Ints:
    """In the place of an odd one stands its neighbour before, which costs next to nothing."""
    if not is_odd.any():
        return numbers
    stand_in = np.where(is_odd, int(np.argmin(is_odd)), np.arange(len(numbers)))
    return numbers[np.maximum.accumulate(stand_in)]


def _narrowest(numbers: Bits) -> npt.NDArray[Any]:
    highest = int(numbers.max())
    for kind in (np.uint16, np.uint32):
        if highest <= np.iinfo(kind).max:
            return numbers.astype(kind)
    return numbers


def _squeeze(column: npt.NDArray[Any]) -> bytes:
    packed: bytes = standalone.simple_compress(column, _CONFIG)
    return packed
