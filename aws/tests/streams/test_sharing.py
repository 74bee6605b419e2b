import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws.streams.sharing import held_counts, in_order, share


class TestShare:
    @pytest.mark.parametrize(
        ("shards", "held_by_others", "ours"),
        [
            (1, [], 1),
            (5, [], 5),
            (4, [2], 2),
            (4, [0], 2),
            (5, [2], 3),
            (5, [3], 3),  # the other gives none back, so we have what is free: 2
            (5, [0], 2),  # somebody is short: the odd one is not ours to keep
            (1, [1], 1),
            (1, [0, 0], 1),
            (4, [2, 0], 1),
            (4, [1, 1], 2),
            (0, [0], 0),
        ],
    )
    def test_is_even(self, shards: int, held_by_others: list[int], ours: int) -> None:
        assert share(shards, held_by_others) == ours

    @given(st.integers(0, 40), st.integers(1, 8), st.randoms(use_true_random=False))
    def test_settles_with_all_shards_held_evenly(self, shards: int, processes: int, random) -> None:  # type: ignore[no-untyped-def]
        """Whoever looks next gives back what is too much, and takes what is free."""
        held = [0] * processes
        for _ in range(20 * processes):
            each = random.randrange(processes)
            others = [count for index, count in enumerate(held) if index != each]
            ours = share(shards, others)
            held[each] = min(ours, held[each] + shards - sum(held))
        for each in [*range(processes)] * 2:  # after one round somebody may be short of what is free
            others = [count for index, count in enumerate(held) if index != each]
            held[each] = min(share(shards, others), held[each] + shards - sum(held))
        assert sum(held) == shards
        assert max(held) - min(held) <= 1


class TestHeldCounts:
    def test_counts_members_with_none_and_owners_that_are_no_members(self) -> None:
        holders = {"a": "me", "b": "anna", "c": "anna", "d": "dead"}
        assert held_counts(holders, ["anna", "bert", "me"], "me") == {
            "anna": 2,
            "bert": 0,
            "dead": 1,
        }


class TestOrder:
    def test_prefers_shards_that_are_read_here_already(self) -> None:
        assert in_order({"a", "b", "c"}, {"c"}) == ["c", "a", "b"]
