"""The choice is the best there is: held against trying everything."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from txhub.domain.matching.assignment import Problem, margin, solve
from txhub.domain.matching.budget import Budget
from txhub.domain.matching.steps import solve_in_steps

AMPLE = 10_000_000


@st.composite
def problems(draw: st.DrawFn, most: int = 4) -> Problem:
    """Up to `most` postings and candidates, some of the pairs captures."""
    postings, candidates = range(draw(st.integers(1, most))), range(draw(st.integers(1, most)))
    pairs = draw(st.sets(st.tuples(st.sampled_from(postings), st.sampled_from(candidates))))
    worth = {pair: draw(st.integers(1, 60)) for pair in sorted(pairs)}
    parted = draw(st.sets(st.sampled_from(candidates)))
    taken = {
        pair: draw(st.integers(1, 90))
        for pair in worth
        if pair[1] in parted and draw(st.booleans())
    }
    return Problem(
        worth=worth,
        units=dict.fromkeys(postings, 1),
        seats=dict.fromkeys(candidates, 1),
        taken=taken,
        rooms=dict.fromkeys(candidates, 100),
    )


def best_by_trying(problem: Problem, without: tuple[int, int] | None = None) -> int:
    options = [
        [None, *(pair for pair in problem.worth if pair[0] == posting and pair != without)]
        for posting in problem.units
    ]
    choices = ([pair for pair in choice if pair] for choice in product(*options))
    return max(
        sum(problem.worth[pair] for pair in choice) for choice in choices if may_be(problem, choice)
    )


def may_be(problem: Problem, choice: list[tuple[int, int]]) -> bool:
    """One posting for each candidate; or captures that it has room for."""
    for candidate in problem.seats:
        pairs = [pair for pair in choice if pair[1] == candidate]
        captures = [problem.taken[pair] for pair in pairs if pair in problem.taken]
        if len(pairs) > 1 and len(captures) < len(pairs):
            return False
        if sum(captures) > problem.rooms[candidate]:
            return False
    return True


def parcels(many: int, orders: int = 1) -> Problem:
    """Captures of 30, of which any three fit any order."""
    worth = {(posting, order): 20 + posting for posting in range(many) for order in range(orders)}
    return Problem(
        worth=worth,
        units=dict.fromkeys(range(many), 1),
        seats=dict.fromkeys(range(orders), 1),
        taken=dict.fromkeys(worth, 30),
        rooms=dict.fromkeys(range(orders), 100),
    )


class TestSolve:
    @settings(max_examples=400)
    @given(problems())
    def test_finds_the_best(self, problem: Problem) -> None:
        solution = solve(problem, Budget(AMPLE))
        assert may_be(problem, list(solution.flow))
        assert solution.worth == best_by_trying(problem)
        assert solution.worth == sum(problem.worth[pair] for pair in solution.flow)

    @settings(max_examples=200)
    @given(problems())
    def test_knows_what_each_pair_is_worth_to_the_whole(self, problem: Problem) -> None:
        solution = solve(problem, Budget(AMPLE))
        for pair in solution.flow:
            expected = solution.worth - best_by_trying(problem, without=pair)
            assert margin(problem, Budget(AMPLE), solution, pair) == expected

    @given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 9))
    def test_counts_groups_of_equal_ones(self, postings: int, candidates: int, worth: int) -> None:
        problem = Problem(worth={(0, 0): worth}, units={0: postings}, seats={0: candidates})
        solution = solve(problem, Budget(AMPLE))
        assert solution.flow == {(0, 0): min(postings, candidates)}
        assert margin(problem, Budget(AMPLE), solution, (0, 0)) == worth

    def test_sends_another_unit_elsewhere_to_make_room(self) -> None:
        worth = {(0, 0): 10, (0, 1): 9, (1, 0): 8}
        problem = Problem(worth=worth, units={0: 1, 1: 1}, seats={0: 1, 1: 1})
        assert solve(problem, Budget(AMPLE)).flow == {(0, 1): 1, (1, 0): 1}

    def test_gives_up_on_the_best_before_it_takes_for_ever(self) -> None:
        problem = parcels(40)
        assert solve(problem, Budget(AMPLE)).flow == {(37, 0): 1, (38, 0): 1, (39, 0): 1}


class TestBudget:
    @given(problems(), st.integers(0, 60))
    def test_ends_with_what_fits_and_a_bound_above_the_best(
        self, problem: Problem, steps: int
    ) -> None:
        solution = solve(problem, Budget(steps))
        assert may_be(problem, list(solution.flow))
        assert solution.worth <= best_by_trying(problem) <= solution.bound

    @given(problems(), st.integers(0, 60))
    def test_never_makes_a_choice_look_surer(self, problem: Problem, steps: int) -> None:
        solution = solve(problem, Budget(AMPLE))
        for pair in solution.flow:
            known = margin(problem, Budget(AMPLE), solution, pair)
            assert margin(problem, Budget(steps), solution, pair) <= known

    def test_is_charged_for_every_pair_that_is_looked_at(self) -> None:
        budget = CountingBudget(AMPLE)
        solve(parcels(3), budget)
        assert budget.taken == 3 + 3  # once to build the network, once to send each

    def test_ends_a_crowd_of_parts_soon_after_it_is_spent(self) -> None:
        problem, budget = parcels(200, orders=50), CountingBudget(100_000)
        for step, best in solve_in_steps(problem, budget):
            for pair in best.flow:
                margin(step, budget, best, pair)
        assert 100_000 <= budget.taken < 400_000


class CountingBudget(Budget):
    """Remembers what was taken from it."""

    taken = 0

    def spend(self, steps: int) -> None:
        self.taken += steps
        super().spend(steps)


class TestSolveInSteps:
    @given(problems())
    def test_takes_a_small_problem_in_one_step(self, problem: Problem) -> None:
        steps = list(solve_in_steps(problem, Budget(AMPLE)))
        assert [best.worth for _step, best in steps] == [solve(problem, Budget(AMPLE)).worth]

    def test_takes_a_large_one_in_several_and_fills_no_seat_twice(self) -> None:
        many = range(100)
        worth = {(posting, candidate): 10 for posting in many for candidate in many}
        problem = Problem(
            worth=worth,
            units=dict.fromkeys(many, 1),
            seats=dict.fromkeys(many, 1),
            rooms=dict.fromkeys(many, 5),
        )
        pairs = [
            pair for _step, best in solve_in_steps(problem, Budget(AMPLE)) for pair in best.flow
        ]
        assert len(pairs) == 100
        assert len({candidate for _posting, candidate in pairs}) == 100
