"""Components, and in them the groups of those that are alike.

Two pending purchases of the same sum at the same merchant on the same day, to which every posting
is as likely to belong to one as to the other, are one group of two: which of them a posting gets
is no matter, and no reason for doubt.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from txhub.domain.matching.assignment import Problem
from txhub.domain.matching.evidence import Weighed
from txhub.domain.matching.features import Features
from txhub.domain.matching.weighing import Position

_Pairs = Mapping[tuple[Position, Position], Weighed]
_Groups = Mapping[Position, Sequence[Position]]  # members, by the position of the first


@dataclass(frozen=True, slots=True)
class Component:
    """A problem, and who is in its groups; a group is called by its first member's position."""

    problem: Problem
    postings: _Groups
    candidates: _Groups


def components(
    pairs: _Pairs,
    postings: Sequence[Features],
    candidates: Sequence[Features],
    rooms: Sequence[int],
) -> Iterator[Component]:
    """The parts of a matching problem that have nothing to do with each other, in order."""
    for connected in _connected(pairs):
        of_posting = _alike(connected, postings, side=0)
        of_candidate = _alike(connected, candidates, side=1)
        yield _component(connected, of_posting, of_candidate, rooms)


def _component(
    pairs: _Pairs,
    of_posting: _Groups,
    of_candidate: _Groups,
    rooms: Sequence[int],
) -> Component:
    between = {
        pair: weighed
        for pair, weighed in pairs.items()
        if pair[0] in of_posting and pair[1] in of_candidate
    }
    problem = Problem(
        worth={pair: weighed.weight_db for pair, weighed in between.items()},
        units={group: len(members) for group, members in of_posting.items()},
        seats={group: len(members) for group, members in of_candidate.items()},
        taken={
            pair: weighed.taken_minor
            for pair, weighed in between.items()
            if weighed.taken_minor is not None
        },
        rooms={group: rooms[group] for group in of_candidate},
    )
    return Component(problem, of_posting, of_candidate)


def _connected(pairs: _Pairs) -> Iterator[_Pairs]:
    """The pairs, parted so that no two parts share a posting or candidate."""
    leader: dict[tuple[int, Position], tuple[int, Position]] = {}

    def find(node: tuple[int, Position]) -> tuple[int, Position]:
        while (above := leader.setdefault(node, node)) != node:
            leader[node] = leader[above]
            node = above
        return node

    for posting, candidate in pairs:
        leader[find((1, candidate))] = find((0, posting))
    parts: dict[tuple[int, Position], dict[tuple[Position, Position], Weighed]] = defaultdict(dict)
    for pair, weighed in pairs.items():
        parts[find((0, pair[0]))][pair] = weighed
    yield from parts.values()


def _alike(pairs: _Pairs, features: Sequence[Features], side: int) -> _Groups:
    """Those on one side that look alike and have pairs of the same weights with the same others.

    Who has a capture among its pairs is alone.
    """
    seen: dict[Position, list[Hashable]] = defaultdict(list)
    for pair, weighed in sorted(pairs.items()):
        own, other = pair[side], pair[1 - side]
        alone = own if weighed.taken_minor is not None else None
        seen[own].append((other, weighed.weight_db, weighed.fit, alone))
    groups: dict[Hashable, list[Position]] = defaultdict(list)
    for position in sorted(seen):
        groups[_look(features[position]), tuple(seen[position])].append(position)
    return {members[0]: members for members in groups.values()}


def _look(features: Features) -> Hashable:
    """What a customer sees of it."""
    seen = features.transaction
    return seen.amount, seen.original_amount, seen.booked_day, features.day, features.name.joined
