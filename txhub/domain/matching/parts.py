"""Postings that together make up one authorised amount: shipments of one order in one file."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import comb, log10

_PARTS_MAX = 4
# More loose postings of one merchant than this make some sum or other by chance.
_POSTINGS_MAX = 8
_COMPLETE_DB = 30


def complete_set(total_minor: int, parts_minor: Mapping[int, int]) -> tuple[Sequence[int], int]:
    """The postings whose amounts add up to `total_minor`, and what that is worth to each.

    `parts_minor`: amounts by posting. Nothing, and no worth, where there is no such set, or more
    than one. The more sets were tried, the less it says that one of them fits.
    """
    if not 2 <= len(parts_minor) <= _POSTINGS_MAX:
        return (), 0
    found = list(_sets(total_minor, parts_minor))
    if len(found) != 1:
        return (), 0
    sizes = range(2, min(_PARTS_MAX, len(parts_minor)) + 1)
    tried = sum(comb(len(parts_minor), size) for size in sizes)
    return found[0], _COMPLETE_DB - round(10 * log10(tried))


def _sets(total_minor: int, parts_minor: Mapping[int, int]) -> Iterator[tuple[int, ...]]:
    for size in range(2, min(_PARTS_MAX, len(parts_minor)) + 1):
        for postings in combinations(parts_minor, size):
            if sum(parts_minor[each] for each in postings) == total_minor:
                yield postings
