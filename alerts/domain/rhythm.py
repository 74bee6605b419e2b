"""Regular intervals: charges come weekly, monthly or yearly, give or take a weekend."""

from collections.abc import Sequence
from itertools import pairwise

_DAY_S = 86_400
# name, fewest and most days between two.
_RHYTHMS = (
    ("weekly", 6, 8),
    ("fortnightly", 13, 15),
    ("monthly", 25, 36),
    ("quarterly", 85, 97),
    ("yearly", 358, 372),
)


def rhythm_of(moments: Sequence[int]) -> str | None:
    """`monthly` for moments (epoch seconds, in order) that follow each other so; None for none."""
    gaps = [round((later - earlier) / _DAY_S) for earlier, later in pairwise(moments)]
    for name, fewest, most in _RHYTHMS:
        if gaps and all(fewest <= gap <= most for gap in gaps):
            return name
    return None
