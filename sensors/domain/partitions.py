"""Where bins lie: partitions of a sensor's time, wide for sensors that say little.

A partition is bounded, whatever a sensor's rate: about as many bins lie in an hour of a sensor that
speaks ten times a second as in 32 days of one that speaks once a minute. A bin lies in one
partition and is short beside it, so a reader knows how far beyond its range it has to look.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from sensors.domain.bins import Bin
from sensors.domain.readings import NS_PER_S, Ints

# A bin is at most so much of its partition long.
_SHARE = 32
_HOUR_NS = 3600 * NS_PER_S
_FEW = 4  # readings that say nothing about how often a sensor speaks


@dataclass(frozen=True, slots=True, order=True)
class Tier:
    """A width of partitions. `letter` names it in keys."""

    width_ns: int
    letter: str

    @property
    def span_ns(self) -> int:
        """How long a bin may be."""
        return self.width_ns // _SHARE

    def number(self, at: int) -> int:
        """Which partition a moment lies in."""
        return at // self.width_ns

    def end_of_bin(self, first_at: int) -> int:
        """Before which moment a bin that begins at `first_at` must end."""
        end_of_partition = (self.number(first_at) + 1) * self.width_ns
        return min(end_of_partition, first_at + self.span_ns)

    def numbers(self, first_ns: int, end_ns: int) -> range:
        """The partitions that a range touches."""
        return range(self.number(first_ns), self.number(end_ns - 1) + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledBin:
    """A bin and where it lies. `level`: 0 from the stream; one more than the bins it replaces."""

    sensor: str
    tier: Tier
    bin: Bin
    level: int = 0


HOUR = Tier(_HOUR_NS, "h")
DAY = Tier(24 * _HOUR_NS, "d")
MONTH = Tier(32 * 24 * _HOUR_NS, "m")
ERA = Tier(1024 * 24 * _HOUR_NS, "e")
TIERS = (HOUR, DAY, MONTH, ERA)


def tier_named(letter: str) -> Tier:
    """The tier of a letter in a key."""
    return next(tier for tier in TIERS if tier.letter == letter)


def choose_tier(at: Ints, *, full: int, in_use: Collection[Tier]) -> Tier:
    """Where readings of these times, in order, are put, if `full` of them make a full bin.

    The narrowest tier in which a full bin is not cut: by how often the sensor usually speaks, and
    by these readings, which may have gaps. One that the sensor has already, if there is such a one,
    since readers look into each.
    """
    if len(at) < _FEW:
        return min(in_use, default=DAY)
    usual_ns = float(np.median(np.diff(at))) * full
    pieces_max = 2 + -(-len(at) // full)
    fitting = [
        tier for tier in TIERS if tier.span_ns > usual_ns and _pieces(at, tier) <= pieces_max
    ]
    return min([tier for tier in fitting if tier in in_use] or fitting, default=ERA)


def _pieces(at: Ints, tier: Tier) -> int:
    cells = at // tier.span_ns
    return 1 + int(np.count_nonzero(cells[1:] != cells[:-1]))
