"""Ranges as charts and statistics: as exact as if all readings had been looked at."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.domain.bins import Bin
from sensors.domain.overview import Stretch, buckets, downsampled, stretches
from sensors.domain.readings import NONE, NS_PER_S, Readings, between, readings, union
from sensors.tests.generated import same, temperature

_SECONDS = st.integers(0, 7200)
_PARTS = st.lists(st.lists(_SECONDS, min_size=1, max_size=20), max_size=8)


def _part(seconds: list[int]) -> Readings:
    at = np.array(sorted(set(seconds)), np.int64)
    return readings(at * NS_PER_S, np.where(at % 13 == 0, np.nan, at % 17 / 10))


def _in_bins(whole: Readings, size: int) -> list[Bin]:
    return [Bin.of(whole[begin : begin + size]) for begin in range(0, len(whole), size)]


def _closed(parts: list[Stretch]) -> int:
    return sum(part.closed is not None for part in parts)


class TestStretches:
    @given(_PARTS, st.lists(_SECONDS, max_size=20), _SECONDS, _SECONDS)
    @settings(deadline=None, max_examples=200)
    def test_hold_every_reading_of_the_range_once(
        self, seconds: list[list[int]], tail_seconds: list[int], first: int, end: int
    ) -> None:
        bins, tail = [Bin.of(_part(each)) for each in seconds], _part(tail_seconds)
        found = list(stretches(bins, tail, first * NS_PER_S, end * NS_PER_S))
        together = np.concatenate([NONE, *(part.readings() for part in found)])
        whole = union([tail, *(bin.readings() for bin in bins)])
        expected = between(whole, first * NS_PER_S, end * NS_PER_S) if first < end else NONE
        assert together.tobytes() == expected.tobytes()

    def test_leave_bins_closed_that_overlap_with_nothing(self) -> None:
        whole = temperature(3600)
        first, last = int(whole["at"][0]), int(whole["at"][-1])
        found = list(stretches(_in_bins(whole, 600), NONE, first, last + 1))
        assert _closed(found) == len(found) == 6

    def test_open_what_overlaps_or_is_cut_by_the_range(self) -> None:
        whole = temperature(3600)
        first, last = int(whole["at"][0]), int(whole["at"][-1])
        late = Bin.of(whole[700:710])
        found = list(stretches([*_in_bins(whole, 600), late], NONE, first + 5, last + 1))
        assert _closed(found) == 4

    def test_let_a_late_reading_of_the_tail_open_one_bin_only(self) -> None:
        whole = temperature(36_000)
        tail = union([whole[100:101], whole[35_990:]])
        bins = _in_bins(whole[:35_400], 600)
        found = list(stretches(bins, tail, 0, 2**62))
        assert _closed(found) == 58


class TestDownsampled:
    @pytest.mark.parametrize("points", [3, 100, 1000])
    def test_is_so_many_of_the_readings_with_the_extremes(self, points: int) -> None:
        whole = temperature(36_000)
        whole["value"][12_345], whole["value"][30_000] = 99.0, -99.0
        for size in (600, 36_000):
            parts = list(stretches(_in_bins(whole, size), NONE, 0, 2**62))
            drawn = downsampled(parts, points)
            assert len(drawn) <= points
            assert same(union([whole, drawn]), whole)
            if points > 50:
                assert {99.0, -99.0} <= set(drawn["value"].tolist())

    def test_draws_from_summaries_alone_where_there_are_many_bins(self) -> None:
        whole = temperature(60_000)
        parts = list(stretches(_in_bins(whole, 60), NONE, 0, 2**62))
        broken = [
            Stretch(Bin(summary=part.closed.summary, packed=b""), NONE)
            for part in parts
            if part.closed is not None
        ]
        assert len(downsampled(broken, 1000)) == 1000

    def test_is_all_of_them_where_they_are_few(self) -> None:
        parts = list(stretches([Bin.of(temperature(50))], NONE, 0, 2**62))
        assert same(downsampled(parts, 100), temperature(50))

    def test_leaves_out_what_cannot_be_drawn(self) -> None:
        whole = temperature(5000)
        whole["value"][::7] = np.nan
        drawn = downsampled(list(stretches([Bin.of(whole)], NONE, 0, 2**62)), 100)
        assert not np.isnan(drawn["value"]).any()
        nothing = readings([1, 2], [np.nan, np.nan])
        assert len(downsampled(list(stretches([Bin.of(nothing)], NONE, 0, 2**62)), 100)) == 0


class TestBuckets:
    @given(_PARTS, st.integers(1, 12))
    @settings(deadline=None)
    def test_are_those_of_the_readings(self, seconds: list[list[int]], count: int) -> None:
        bins = [Bin.of(_part(each)) for each in seconds]
        end_ns = 7201 * NS_PER_S
        found = buckets(list(stretches(bins, NONE, 0, end_ns)), 0, end_ns, count)
        whole = union(bin.readings() for bin in bins)
        assert sum(bucket.count for bucket in found) == len(whole)
        for bucket in found:
            values = between(whole, bucket.begin, bucket.end)["value"]
            numbers = values[~np.isnan(values)]
            assert bucket.count == len(values)
            if len(numbers):
                assert (bucket.lowest, bucket.highest) == (numbers.min(), numbers.max())
                assert bucket.mean == pytest.approx(numbers.mean())
            else:
                assert bucket.mean is bucket.lowest is bucket.highest is None
