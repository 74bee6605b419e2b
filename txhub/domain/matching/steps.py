"""Problems of any size, a bounded number of postings at a time.

Earlier postings come first, and later ones get what they left. Real groups are far smaller than a
step; what is cut are thousands of purchases at one merchant, of which any could be any other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from txhub.domain.matching.assignment import Problem, Solution, solve
from txhub.domain.matching.budget import Budget
from txhub.domain.matching.flow import Group, Pair

_POSTINGS_MAX = 16  # groups of postings in one step
_CANDIDATES_MAX = 32  # groups of candidates for each of them


def solve_in_steps(problem: Problem, budget: Budget) -> Iterator[tuple[Problem, Solution]]:
    """The problem of each step and its solution. Nearly always there is one step.

    Whoever would have come after the budget was spent gets nothing.
    """
    while problem.units and not budget.spent:
        step = _first(problem)
        best = solve(step, budget)
        yield step, best
        problem = _rest(problem, step, best)


def _first(problem: Problem) -> Problem:
    if len(problem.units) <= _POSTINGS_MAX and len(problem.seats) <= _CANDIDATES_MAX:
        return problem
    units = dict(sorted(problem.units.items())[:_POSTINGS_MAX])
    return replace(problem, units=units, worth=_heaviest(problem.worth, units))


def _heaviest(worth: Mapping[Pair, int], units: Mapping[Group, int]) -> dict[Pair, int]:
    """The pairs of these postings, each with the candidates that are worth most to it."""
    kept: dict[Pair, int] = {}
    for posting in units:
        own = [pair for pair in worth if pair[0] == posting]
        own.sort(key=lambda pair: (-worth[pair], pair))
        kept.update((pair, worth[pair]) for pair in own[:_CANDIDATES_MAX])
    return kept


def _rest(problem: Problem, step: Problem, best: Solution) -> Problem:
    """What is left: other postings, and room that was not taken."""
    units = {group: count for group, count in problem.units.items() if group not in step.units}
    if not units:
        return replace(problem, units={})
    seats, rooms = dict(problem.seats), dict(problem.rooms)
    for pair, count in best.flow.items():
        taken_minor = problem.taken.get(pair)
        if taken_minor is None:
            seats[pair[1]] -= count
            rooms[pair[1]] = 0
        else:
            seats[pair[1]] = 0
            rooms[pair[1]] -= taken_minor
    worth = {
        pair: weight
        for pair, weight in problem.worth.items()
        if pair[0] in units
        and (problem.taken[pair] <= rooms[pair[1]] if pair in problem.taken else seats[pair[1]])
    }
    return replace(problem, units=units, seats=seats, rooms=rooms, worth=worth)
