"""From likely pairs to chosen ones: who settles whom, and how sure that is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from txhub.domain.matching.assignment import Problem, margin
from txhub.domain.matching.budget import budget_of
from txhub.domain.matching.features import Features
from txhub.domain.matching.flow import Pair
from txhub.domain.matching.groups import components
from txhub.domain.matching.steps import solve_in_steps
from txhub.domain.matching.weighing import Pairs, Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A pair of the best assignment.

    `margin_db`: how much likelier that is than the best assignment without this pair.
    `runner_up`: the likeliest other candidate that a customer could tell from the chosen one.
    """

    posting: Position
    candidate: Position
    margin_db: int
    runner_up: Position | None


def choices(
    pairs: Pairs, postings: Sequence[Features], held: Sequence[Features], rooms: Sequence[int]
) -> Iterator[Choice]:
    """The best assignment. `rooms`: what each candidate has left, in minor units."""
    for component in components(pairs, postings, held, rooms):
        seats = {group: iter(members) for group, members in component.candidates.items()}
        guests = {group: iter(members) for group, members in component.postings.items()}
        budget = budget_of(sum(component.problem.units.values()))
        for step, best in solve_in_steps(component.problem, budget):
            for pair, units in sorted(best.flow.items()):
                margin_db = margin(step, budget, best, pair)
                runner_up = _runner_up(step, pair)
                for _unit in range(units):
                    yield Choice(
                        posting=next(guests[pair[0]]),
                        candidate=pair[1] if pair in step.taken else next(seats[pair[1]]),
                        margin_db=margin_db,
                        runner_up=runner_up,
                    )


def _runner_up(problem: Problem, chosen: Pair) -> Position | None:
    others = [
        (weight_db, -candidate)
        for (posting, candidate), weight_db in problem.worth.items()
        if posting == chosen[0] and candidate != chosen[1]
    ]
    return -max(others)[1] if others else None
