"""The choice is the best there is: held against trying everything."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from txhub.domain.matching.assignment import Problem, margin, solve
from txhub.domain.matching.steps import solve_in_steps


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


class TestSolve:
    @settings(max_examples=400)
    @given(problems())
    def test_finds_the_best(self, problem: Problem) -> None:
        solution = solve(problem)
        assert may_be(problem, list(solution.flow))
        assert solution.worth == best_by_trying(problem)
        assert solution.worth == sum(problem.worth[pair] for pair in solution.flow)

    @settings(max_examples=200)
    @given(problems())
    def test_knows_what_each_pair_is_worth_to_the_whole(self, problem: Problem) -> None:
        solution = solve(problem)
        for pair in solution.flow:
            expected = solution.worth - best_by_trying(problem, without=pair)
            assert margin(problem, solution, pair) == expected

    @given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 9))
    def test_counts_groups_of_equal_ones(self, postings: int, candidates: int, worth: int) -> None:
        problem = Problem(worth={(0, 0): worth}, units={0: postings}, seats={0: candidates})
        solution = solve(problem)
        assert solution.flow == {(0, 0): min(postings, candidates)}
        assert margin(problem, solution, (0, 0)) == worth

    def test_sends_another_unit_elsewhere_to_make_room(self) -> None:
        worth = {(0, 0): 10, (0, 1): 9, (1, 0): 8}
        problem = Problem(worth=worth, units={0: 1, 1: 1}, seats={0: 1, 1: 1})
        assert solve(problem).flow == {(0, 1): 1, (1, 0): 1}

    def test_gives_up_on_the_best_before_it_takes_for_ever(self) -> None:
        parcels = range(40)
        worth = {(posting, 0): 20 + posting for posting in parcels}
        problem = Problem(
            worth=worth,
            units=dict.fromkeys(parcels, 1),
            seats={0: 1},
            taken=dict.fromkeys(worth, 30),
            rooms={0: 100},
        )
        assert solve(problem).flow == {(37, 0): 1, (38, 0): 1, (39, 0): 1}


class TestSolveInSteps:
    @given(problems())
    def test_takes_a_small_problem_in_one_step(self, problem: Problem) -> None:
        steps = list(solve_in_steps(problem))
        assert [best.worth for _step, best in steps] == [solve(problem).worth]

    def test_takes_a_large_one_in_several_and_fills_no_seat_twice(self) -> None:
        many = range(100)
        worth = {(posting, candidate): 10 for posting in many for candidate in many}
        problem = Problem(
            worth=worth,
            units=dict.fromkeys(many, 1),
            seats=dict.fromkeys(many, 1),
            rooms=dict.fromkeys(many, 5),
        )
        pairs = [pair for _step, best in solve_in_steps(problem) for pair in best.flow]
        assert len(pairs) == 100
        assert len({candidate for _posting, candidate in pairs}) == 100
