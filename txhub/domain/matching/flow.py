"""A flow of the most worth: units of postings, each sent to one seat or nowhere.

Units are sent one after the other, each along the path that gains most; on its way it may send
units elsewhere that were sent before. That keeps what was sent the best possible for the units
sent so far (successive shortest paths). One unit costs at worst a walk over all pairs for each
group that it can disturb.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from txhub.domain.matching.budget import Budget

Group = int
Pair = tuple[Group, Group]  # a group of postings, a group of candidates
_Seat = Group | Pair  # a candidate; or a capture, which has a seat of its own


class _Way(NamedTuple):
    seat: _Seat
    worth: int
    limit: int | None


class Network:
    """`worth`: of a unit of each pair. `seats`: how many units each candidate takes. `captures`:
    the pairs that leave room for others. `limits`: the most units that a pair may have. `budget`:
    charged for every pair that is looked at.
    """

    def __init__(
        self,
        worth: Mapping[Pair, int],
        seats: Mapping[Group, int],
        captures: Collection[Pair],
        limits: Mapping[Pair, int],
        budget: Budget,
    ) -> None:
        self._budget = budget
        budget.spend(len(worth))
        self._free: dict[_Seat, int] = dict.fromkeys(captures, 1)
        self._free.update(seats.items())
        self._ways: dict[Group, list[_Way]] = defaultdict(list)
        self._worth: dict[tuple[Group, _Seat], int] = {}
        self._sent: dict[_Seat, dict[Group, int]] = defaultdict(dict)
        for pair in sorted(worth):
            posting, seat = pair[0], pair if pair in captures else pair[1]
            self._ways[posting].append(_Way(seat, worth[pair], limits.get(pair)))
            self._worth[posting, seat] = worth[pair]

    def flow(self) -> dict[Pair, int]:
        """The units of each pair that has any."""
        return {
            (posting, seat[1] if isinstance(seat, tuple) else seat): units
            for seat, senders in self._sent.items()
            for posting, units in senders.items()
        }

    def send(self, posting: Group) -> bool:
        """Sends one more unit of this group; False where nothing is gained by it."""
        search = _Search(posting)
        while search.waiting:
            sender = search.waiting.popleft()
            self._budget.spend(len(self._ways[sender]))
            for seat, gain in self._openings(sender, search.gains[sender]):
                if self._free[seat]:
                    search.end_at(sender, seat, gain)
                    continue
                for other in self._sent[seat]:
                    search.take_back(other, sender, seat, gain - self._worth[other, seat])
        if search.most <= 0:
            return False
        for group, seat, units in search.path():
            self._add(group, seat, units)
        return True

    def _openings(self, sender: Group, gain: int) -> Iterator[tuple[_Seat, int]]:
        """Where a unit of this group may still go, and the gain when it is there."""
        for seat, worth, limit in self._ways[sender]:
            if limit is None or self._sent[seat].get(sender, 0) < limit:
                yield seat, gain + worth

    def _add(self, group: Group, seat: _Seat, units: int) -> None:
        senders = self._sent[seat]
        senders[group] = senders.get(group, 0) + units
        self._free[seat] -= units
        if not senders[group]:
            del senders[group]


class _Search:
    """The search for the path that gains most."""

    def __init__(self, start: Group) -> None:
        self.start = start
        self.gains: dict[Group, int] = {start: 0}  # of having one unit of a group in hand
        self.waiting = deque([start])
        self.most = 0
        self._end: tuple[Group, _Seat | None] = (start, None)
        self._came: dict[Group, tuple[Group, _Seat]] = {}  # who took a group's seat, and where

    def end_at(self, sender: Group, seat: _Seat | None, gain: int) -> None:
        if gain > self.most:
            self.most, self._end = gain, (sender, seat)

    def take_back(self, group: Group, sender: Group, seat: _Seat, gain: int) -> None:
        """`sender` takes the seat of a unit of `group`, which may go elsewhere, or nowhere."""
        if group not in self.gains or gain > self.gains[group]:
            self.gains[group], self._came[group] = gain, (sender, seat)
            self.waiting.append(group)
            self.end_at(group, None, gain)

    def path(self) -> Iterator[tuple[Group, _Seat, int]]:
        """Units to add and to take away, from the end back to the start."""
        group, seat = self._end
        if seat is not None:
            yield group, seat, 1
        while group != self.start:
            sender, seat = self._came[group]
            yield group, seat, -1
            yield sender, seat, 1
            group = sender
