"""Cutting readings into bins by what they cost.

A write is paid for by started units of 1 KB. So a bin is full when its item ends just under a whole
number of units; what does not fill one waits for more, until it has waited long enough.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from sensors.domain.bins import HEADER_BYTES, Bin
from sensors.domain.partitions import Tier, choose_tier
from sensors.domain.readings import Readings

UNIT_BYTES = 1024
# What an item has besides the packed readings: the names and values of its keys, the header, the
# time of its expiry (docs/data-model.md). The repository's tests hold it against real items.
ITEM_BYTES = HEADER_BYTES + 62
_FULL_SHARE = 0.95
_AIM_SHARE = 0.985
_ATTEMPTS_MAX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Readings `begin` to `end` of those that were to be cut, as a bin of this tier."""

    begin: int
    end: int
    tier: Tier
    bin: Bin

    @property
    def bytes_a_reading(self) -> float:
        return len(self.bin.packed) / self.bin.summary.count


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a full bin is. `units`: of 1 KB, which its item fills and does not exceed."""

    units: int = 1

    @property
    def packed_bytes(self) -> int:
        return self.units * UNIT_BYTES - ITEM_BYTES

    def is_full(self, bin: Bin) -> bool:
        return len(bin.packed) >= _FULL_SHARE * self.packed_bytes

    def count(self, bytes_a_reading: float) -> int:
        """How many such readings make a full bin."""
        return max(1, int(_AIM_SHARE * self.packed_bytes / bytes_a_reading))


def cut(
    ordered: Readings, size: Size, *, bytes_a_reading: float, in_use: Collection[Tier]
) -> Iterator[Piece]:
    """All readings as bins, one after the other, full ones wherever there are enough.

    `bytes_a_reading` is a guess; `in_use` are the sensor's tiers.
    """
    tier = choose_tier(ordered["at"], full=size.count(bytes_a_reading), in_use=in_use)
    begin = 0
    while begin < len(ordered):
        rest = ordered[begin:]
        end_ns = tier.end_of_bin(int(rest["at"][0]))
        stretch = rest[: int(np.searchsorted(rest["at"], end_ns))]
        bin = _fill(stretch, size, size.count(bytes_a_reading))
        piece = Piece(begin=begin, end=begin + bin.summary.count, tier=tier, bin=bin)
        yield piece
        begin, bytes_a_reading = piece.end, piece.bytes_a_reading


def _fill(stretch: Readings, size: Size, guess: int) -> Bin:
    """The first readings of a stretch as a bin that fits; a full one, if there are enough."""
    count, best = min(guess, len(stretch)), None
    for attempt in range(len(stretch) + _ATTEMPTS_MAX):
        tried = Bin.of(stretch[:count])
        aimed = int(count * _AIM_SHARE * size.packed_bytes / len(tried.packed))
        if len(tried.packed) <= size.packed_bytes:
            best = tried
            if count == len(stretch) or size.is_full(tried):
                break
            count = min(len(stretch), max(count + 1, aimed))
        else:
            count = max(1, min(count - 1, aimed))
        if best is not None and attempt >= _ATTEMPTS_MAX:
            break
    assert best is not None  # a single reading fits
    return best
