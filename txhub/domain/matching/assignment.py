"""The best choice of pairs, and by how much each of them is better than doing without it.

Postings and candidates that are alike in all that counts form one group, so that a choice between
them is no choice. Groups with pairs between them are a flow network (`flow`), in which captures
take no room on their candidate. Where more of them meet on a candidate than it can hold, at least
one must go: each is left out in turn, the most promising first, until a choice fits (branch and
bound), or the search has cost enough.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import count

from txhub.domain.matching.budget import Budget
from txhub.domain.matching.flow import Group, Network, Pair

# Branches looked into before the best choice found so far is cut until it fits.
_BRANCHES_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Groups that have something to do with each other.

    `worth`: of one unit of a pair, above 0. `units`, `seats`: how many postings, and how many
    candidates, a group has. `taken`: for pairs that are captures, what they take of their
    candidate; `rooms`: how much there is to take. A group with captures has one member.
    """

    worth: Mapping[Pair, int]
    units: Mapping[Group, int]
    seats: Mapping[Group, int]
    taken: Mapping[Pair, int] = field(default_factory=dict)
    rooms: Mapping[Group, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Solution:
    """`flow`: units of each pair that is chosen; `worth`: of all together.

    `bound`: no choice is worth more. It is `worth` itself unless the search was given up.
    """

    worth: int
    flow: Mapping[Pair, int]
    bound: int


def solve(problem: Problem, budget: Budget, limits: Mapping[Pair, int] | None = None) -> Solution:
    """The most worthy choice in which no pair has more units than its limit.

    With the budget spent, one that fits and may not be the best.
    """
    order = count()
    limits = limits or {}
    best = _without_room(problem, budget, limits)
    waiting = [(-best.worth, next(order), limits, best)]
    for _branch in range(_BRANCHES_MAX):
        _, _, limits, best = heappop(waiting)
        crowd = _crowd(problem, best.flow)
        if not crowd:
            return best
        if budget.spent:
            break
        for pair in crowd:
            fewer = {**limits, pair: 0}
            branch = _without_room(problem, budget, fewer)
            heappush(waiting, (-branch.worth, next(order), fewer, branch))
    return _cut_to_fit(problem, best.flow, best.worth)


def margin(problem: Problem, budget: Budget, best: Solution, pair: Pair) -> int:
    """What is lost at least where one unit of a chosen pair may not be: how sure the choice is.

    Nothing where the budget is spent: then nobody knows.
    """
    if budget.spent:
        return 0
    return best.worth - solve(problem, budget, {pair: best.flow[pair] - 1}).bound


def _fits(problem: Problem, candidate: Group, pairs: Sequence[Pair]) -> bool:
    """Whether a candidate can have all of these pairs: wholes, or captures within its room."""
    captures = [problem.taken[pair] for pair in pairs if pair in problem.taken]
    if captures:
        return len(captures) == len(pairs) and sum(captures) <= problem.rooms[candidate]
    return True  # the flow has counted them


def _crowd(problem: Problem, flow: Mapping[Pair, int]) -> list[Pair]:
    """The pairs of the first candidate that has more than it can hold."""
    by_candidate: dict[Group, list[Pair]] = defaultdict(list)
    for pair in sorted(flow):
        by_candidate[pair[1]].append(pair)
    crowds = (pairs for each, pairs in by_candidate.items() if not _fits(problem, each, pairs))
    return next(crowds, [])


def _cut_to_fit(problem: Problem, flow: Mapping[Pair, int], bound: int) -> Solution:
    """Leaves out the least worthy pairs of crowded candidates: it fits, and may not be the best."""
    kept = dict(flow)
    while crowd := _crowd(problem, kept):
        del kept[min(crowd, key=lambda pair: (problem.worth[pair], pair))]
    return replace(_solution(problem, kept), bound=bound)


def _without_room(problem: Problem, budget: Budget, limits: Mapping[Pair, int]) -> Solution:
    """The best choice if captures took no room."""
    network = Network(problem.worth, problem.seats, problem.taken.keys(), limits, budget)
    for posting, units in sorted(problem.units.items()):
        for _unit in range(units):
            if not network.send(posting):
                break
    return _solution(problem, network.flow())


def _solution(problem: Problem, flow: Mapping[Pair, int]) -> Solution:
    worth = sum(problem.worth[pair] * units for pair, units in flow.items())
    return Solution(worth, flow, bound=worth)
