"""Sets of readings: what unites in any order comes out the same."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.domain.readings import NONE, Readings, as_set, between, readings, union
from sensors.tests.generated import pairs_of, some_readings


class TestAsSet:
    @given(some_readings())
    @settings(deadline=None)
    def test_keeps_each_reading_once_and_in_order(self, some: Readings) -> None:
        ordered = as_set(some)
        assert pairs_of(ordered) == pairs_of(some)
        assert len(ordered) == len(pairs_of(some))
        assert bool((ordered["at"][1:] >= ordered["at"][:-1]).all())

    def test_tells_values_apart_by_their_bits(self) -> None:
        assert len(as_set(readings([1, 1, 1], [0.0, -0.0, 0.0]))) == 2
        assert len(as_set(readings([1, 1], [np.nan, np.nan]))) == 1


class TestUnion:
    @given(st.lists(some_readings(most=30), max_size=5), st.randoms())
    @settings(deadline=None)
    def test_is_the_same_in_any_order_and_any_number_of_times(
        self, parts: list[Readings], chance: object
    ) -> None:
        shuffled = parts + parts[:2]
        chance.shuffle(shuffled)  # type: ignore[attr-defined]
        assert union(shuffled).tobytes() == union(parts).tobytes()

    def test_of_nothing_is_nothing(self) -> None:
        assert len(union([])) == len(union([NONE, NONE])) == 0


class TestBetween:
    def test_takes_the_first_moment_in_and_leaves_the_last_out(self) -> None:
        ordered = readings([10, 20, 20, 30], [1.0, 2.0, 3.0, 4.0])
        assert between(ordered, 10, 30)["value"].tolist() == [1.0, 2.0, 3.0]
        assert between(ordered, 20, 31)["value"].tolist() == [2.0, 3.0, 4.0]
        assert len(between(ordered, 21, 21)) == 0
