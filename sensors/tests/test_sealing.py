"""Bins end just under a whole number of units, and lie where readers look for them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.domain.partitions import DAY, ERA, HOUR, MONTH, TIERS, Tier, choose_tier
from sensors.domain.readings import NS_PER_S, Readings, as_set, readings, union
from sensors.domain.sealing import ITEM_BYTES, UNIT_BYTES, Size, cut
from sensors.tests.generated import temperature

_NOON = 1_700_000_000 // 86_400 * 86_400 * NS_PER_S + 12 * 3600 * NS_PER_S


def _times(count: int, every_s: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return _NOON + (np.arange(count) * every_s * NS_PER_S).astype(np.int64)


def _cut(ordered: Readings, units: int = 1) -> list[tuple[int, int]]:
    pieces = cut(ordered, Size(units=units), bytes_a_reading=1.5, in_use=())
    return [(piece.begin, piece.end) for piece in pieces]


class TestCut:
    @pytest.mark.parametrize("units", [1, 2, 4])
    def test_fills_units_and_never_exceeds_them(self, units: int) -> None:
        size = Size(units=units)
        within_a_day = readings(_times(40_000, 1), temperature(40_000)["value"])
        *full, _last = cut(within_a_day, size, bytes_a_reading=0.8, in_use=())
        assert len(full) > 3
        for piece in full:
            item_bytes = len(piece.bin.packed) + ITEM_BYTES
            assert 0.9 * units * UNIT_BYTES < item_bytes <= units * UNIT_BYTES

    @given(
        st.lists(st.integers(0, 40 * 86_400), max_size=60),
        st.lists(st.floats(width=64), min_size=60, max_size=60),
        st.floats(0.01, 30),
    )
    @settings(deadline=None)
    def test_takes_every_reading_once(
        self, seconds: list[int], values: list[float], guess: float
    ) -> None:
        at = _NOON + np.array(seconds, np.int64) * NS_PER_S
        ordered = as_set(readings(at, values[: len(seconds)]))
        pieces = list(cut(ordered, Size(), bytes_a_reading=guess, in_use=()))
        again = union(piece.bin.readings() for piece in pieces)
        assert again.tobytes() == ordered.tobytes()

    @pytest.mark.parametrize("every_s", [0.01, 0.1, 1, 10, 60, 3600])
    def test_keeps_bins_short_beside_their_partition(self, every_s: float) -> None:
        ordered = readings(_times(5000, every_s), temperature(5000)["value"])
        for piece in cut(ordered, Size(), bytes_a_reading=1.5, in_use=()):
            summary = piece.bin.summary
            assert summary.last.at - summary.first.at < piece.tier.span_ns
            assert piece.tier.number(summary.first.at) == piece.tier.number(summary.last.at)

    def test_copes_with_readings_that_do_not_compress(self) -> None:
        noise = np.random.default_rng(1).integers(0, 2**63, 500)
        ordered = readings(_times(500, 1), noise.view(np.float64))
        assert sum(end - begin for begin, end in _cut(ordered)) == 500


class TestChoosingATier:
    @pytest.mark.parametrize(
        ("every_s", "count", "tier"),
        [
            (0.1, 700, HOUR),
            (1, 700, DAY),
            (60, 700, MONTH),
            (3600, 700, ERA),
            (3600, 24, ERA),
        ],
    )
    def test_follows_how_often_the_sensor_speaks(
        self, every_s: float, count: int, tier: Tier
    ) -> None:
        assert choose_tier(_times(count, every_s), full=700, in_use=()) == tier

    def test_is_not_led_astray_by_a_straggler(self) -> None:
        at = np.concatenate(([_NOON - 9 * DAY.width_ns], _times(700, 1)))
        assert choose_tier(at, full=700, in_use=()) == DAY

    def test_sees_through_bursts(self) -> None:
        bursts = np.concatenate([_times(10, 0.01) + hour * HOUR.width_ns for hour in range(24)])
        assert choose_tier(bursts, full=700, in_use=()) == MONTH

    def test_stays_with_what_the_sensor_has(self) -> None:
        assert choose_tier(_times(1, 1), full=700, in_use={MONTH}) == MONTH
        assert choose_tier(_times(1, 1), full=700, in_use=()) == DAY
        assert choose_tier(_times(60, 1), full=700, in_use={DAY}) == DAY

    def test_bounds_every_partition(self) -> None:
        for tier, narrower in zip(TIERS[1:], TIERS, strict=False):
            assert tier.span_ns / narrower.span_ns <= 32
