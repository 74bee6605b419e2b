"""Frames, tiers and their bytes: no Redis, no table."""

from collections.abc import Sequence
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.frames import Frame, Values, added, growth, in_steps, merged
from monitoring.domain.packing import (
    block_from_bytes,
    block_to_bytes,
    frame_from_bytes,
    frame_to_bytes,
)
from monitoring.domain.tiers import FINE, LONG, MIDDLE, ROLLED_INTO, TIERS, tier_for
from monitoring.repository.history import Block, block_from_item, block_to_items

LABELS = st.tuples(st.sampled_from(["a", "b", "c"]))
COUNTS = st.dictionaries(LABELS, st.tuples(st.integers(0, 1000).map(float)), max_size=3)
DAY = 86_400


def frames(values: Sequence[dict[tuple[str, ...], tuple[float, ...]]]) -> list[Frame]:
    return [
        Frame(kind="counter", at=10 * n + 10, seconds=10, values=each)
        for n, each in enumerate(values)
    ]


class TestGrowth:
    def test_is_the_difference(self) -> None:
        assert growth({("a",): (3.0,)}, {("a",): (5.0,)}) == {("a",): (2.0,)}

    def test_of_a_process_that_began_anew_is_all_it_has(self) -> None:
        assert growth({("a",): (30.0,)}, {("a",): (5.0,)}) == {("a",): (5.0,)}

    def test_of_a_histogram_that_began_anew_is_told_by_any_bucket(self) -> None:
        before: Values = {(): (9.0, 4.0, 1.0)}
        now: Values = {(): (9.5, 5.0, 0.0)}
        assert growth(before, now) == now

    def test_leaves_out_what_did_nothing(self) -> None:
        assert growth({("a",): (5.0,)}, {("a",): (5.0,)}) == {}

    @given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.data())
    def test_adds_up_to_all_that_was_counted_however_often_it_restarts(
        self, amounts: list[int], data: st.DataObject
    ) -> None:
        counted = seen = total = 0.0
        for amount in amounts:
            if data.draw(st.booleans()):
                counted = 0.0
            counted += amount
            # A restart shows only where the count has fallen; one that overtakes it in between
            # cannot be told by anybody (Prometheus counts the same).
            expected = counted - seen if counted >= seen else counted
            found = growth({(): (seen,)}, {(): (counted,)}).get((), (0.0,))[0]
            assert found == expected
            total, seen = total + found, counted
        assert total >= 0


class TestFrames:
    @given(st.lists(COUNTS, min_size=2, max_size=8), st.integers(1, 6))
    def test_merge_in_any_grouping_to_the_same(
        self, values: list[dict[tuple[str, ...], tuple[float, ...]]], cut: int
    ) -> None:
        rows = frames(values)
        cut = min(cut, len(rows) - 1)
        assert merged(rows) == merged([merged(rows[:cut]), merged(rows[cut:])])

    def test_of_gauges_merge_to_the_highest(self) -> None:
        rows = [
            Frame(kind="gauge", at=10 * n, seconds=10, values={("a",): (value,)})
            for n, value in enumerate((1.0, 7.0, 2.0), start=1)
        ]
        assert merged(rows).values == {("a",): (7.0,)}

    def test_in_steps_keep_every_count(self) -> None:
        rows = frames([{("a",): (1.0,)}] * 13)
        steps = in_steps(rows, 60)
        assert [step.at for step in steps] == [60, 120, 180]
        assert sum(step.values[("a",)][0] for step in steps) == 13
        assert [step.seconds for step in steps] == [60, 60, 10]

    @given(st.lists(COUNTS, min_size=1, max_size=6))
    def test_come_back_from_their_bytes(
        self, values: list[dict[tuple[str, ...], tuple[float, ...]]]
    ) -> None:
        rows = frames(values)
        assert [frame_from_bytes(frame_to_bytes(each)) for each in rows] == rows
        assert block_from_bytes(block_to_bytes(rows)) == rows

    def test_of_very_many_series_are_stored_in_parts(self) -> None:
        rows = frames([{(str(uuid4()),): (1.0,) for _n in range(2_000)} for _f in range(8)])
        block = Block(metric="m", tier=FINE, number=0, frames=rows)
        items = block_to_items(block)
        assert len(items) > 1
        assert [each["sk"] for each in items[:2]] == ["0000000000", "0000000000#1"]
        assert [f for item in items for f in block_from_item(item).frames] == rows

    def test_of_a_release_with_other_buckets_do_not_mix(self) -> None:
        assert added([{(): (1.0, 1.0)}, {(): (2.0, 1.0, 1.0)}]) == {(): (2.0, 1.0, 1.0)}


class TestTiers:
    def test_roll_whole_blocks_into_one_coarser_block(self) -> None:
        for tier, coarser in ROLLED_INTO.items():
            assert coarser.block_s % tier.block_s == 0
            assert tier.block_s % coarser.step_s == 0

    def test_keep_partitions_small(self) -> None:
        assert max(tier.partition_s // tier.block_s for tier in TIERS) <= 100

    def test_a_range_is_read_as_fine_as_it_is_kept(self) -> None:
        now = 1_000 * DAY
        assert tier_for(now - 3600, now, now) is FINE
        assert tier_for(now - DAY, now, now) is MIDDLE
        assert tier_for(now - 30 * DAY, now, now) is LONG
        assert tier_for(now - 3 * DAY, now - 3 * DAY + 60, now) is MIDDLE
