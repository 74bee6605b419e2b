"""The order of one day's postings: that in which their running balances follow from each other.

A feed may list a day's postings in another order than it booked them in. Each posting leads from
the balance before it to the balance after it; so a day is a path along balances that uses each
posting once (an Eulerian trail, found by Hierholzer's algorithm). Where a feed rounds, the path has
gaps: then it goes on at the nearest balance.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

# Balances that break off more often than this in a day say nothing about its order.
_TRAILS_MAX = 50


class Posting(NamedTuple):
    """Minor units: what moved, and the balance after it."""

    minor: int
    balance: int

    @property
    def before(self) -> int:
        return self.balance - self.minor


def posting_order(postings: Sequence[Posting], opening: int | None = None) -> list[int]:
    """Oldest first: the places of a day's postings, which are given in the feed's order.

    `opening`: the balance that the day began with, where it is known. The feed's order stays where
    the balances follow as well in it as in any other that was found.
    """
    as_given = list(range(len(postings)))
    if _gaps(postings, as_given, opening) == 0:
        return as_given
    found = _Steps(postings).path(opening) or as_given
    return min(as_given, found, key=lambda order: _gaps(postings, order, opening))


def _gaps(postings: Sequence[Posting], order: Sequence[int], opening: int | None) -> int:
    """How far balances are apart, added up, where one should be the other."""
    apart, at = 0, opening
    for place in order:
        posting = postings[place]
        apart += 0 if at is None else abs(posting.before - at)
        at = posting.balance
    return apart


class _Steps:
    """Postings as steps between balances. Walking uses them up."""

    def __init__(self, postings: Sequence[Posting]) -> None:
        self._postings = postings
        self._from: dict[
            int, list[int]
        ] = {}  # balance -> the postings that lead on, first one last
        self._excess: Counter[int] = Counter()  # of the postings that leave it over those that come
        for place in reversed(range(len(postings))):
            posting = postings[place]
            self._from.setdefault(posting.before, []).append(place)
            self._excess[posting.before] += 1
            self._excess[posting.balance] -= 1

    def path(self, at: int | None) -> list[int] | None:
        """All postings, trail after trail. None where there are too many trails."""
        if sum(excess for excess in self._excess.values() if excess > 0) > _TRAILS_MAX:
            return None
        path: list[int] = []
        while self._from:
            path += self._trail(self._start(at))
            at = self._postings[path[-1]].balance
        return path

    def _start(self, at: int | None) -> int:
        """Of the balances where a trail must begin, or else of all, the nearest one."""
        must = [balance for balance in self._from if self._excess[balance] > 0]
        return min(
            must or self._from,
            key=lambda balance: (0 if at is None else abs(balance - at), self._from[balance][-1]),
        )

    def _trail(self, start: int) -> list[int]:
        trail: list[int] = []
        walked: list[tuple[int, int]] = [(start, -1)]  # balances, each with the posting to it
        while walked:
            balance, place = walked[-1]
            if balance in self._from:
                onward = self._take(balance)
                walked.append((self._postings[onward].balance, onward))
            else:
                trail.append(place)
                walked.pop()
        return trail[-2::-1]  # in the order walked, without the start

    def _take(self, balance: int) -> int:
        place = self._from[balance].pop()
        if not self._from[balance]:
            del self._from[balance]
        self._excess[balance] -= 1
        self._excess[self._postings[place].balance] += 1
        return place
