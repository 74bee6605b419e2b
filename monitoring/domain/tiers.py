"""How long frames are kept, and how fine: three tiers, each rolled up from the one before.

fine     10 s     2 days      10 minutes to a block
middle    2 min   16 days      2 hours
long     30 min   400 days     1 day
"""

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """`letter` names it in keys. `step_s`: length of a frame; `block_s`: of what is stored as one
    item; `partition_s`: of a partition, which holds some hundred blocks; `kept_s`: how long."""

    letter: str
    step_s: int
    block_s: int
    partition_s: int
    kept_s: int

    def block(self, at: int) -> int:
        """The number of the block that a frame ending at `at` belongs to."""
        return (at - 1) // self.block_s

    def ends(self, block: int) -> int:
        return (block + 1) * self.block_s

    def partition(self, block: int) -> int:
        return block * self.block_s // self.partition_s


_HOUR, _DAY = 3600, 86_400
FINE = Tier(letter="f", step_s=10, block_s=600, partition_s=_DAY // 2, kept_s=2 * _DAY)
MIDDLE = Tier(letter="m", step_s=120, block_s=2 * _HOUR, partition_s=8 * _DAY, kept_s=16 * _DAY)
LONG = Tier(letter="l", step_s=1800, block_s=_DAY, partition_s=100 * _DAY, kept_s=400 * _DAY)
TIERS = (FINE, MIDDLE, LONG)
ROLLED_INTO = dict(pairwise(TIERS))
_POINTS_MAX = 720


def tier_for(first: int, end: int, now: int) -> Tier:
    """The finest tier that still has the range, in not too many frames."""
    for tier in TIERS:
        if now - first <= tier.kept_s and end - first <= _POINTS_MAX * tier.step_s:
            return tier
    return LONG


def tier_lettered(letter: str) -> Tier:
    return next(tier for tier in TIERS if tier.letter == letter)
