"""Packing loses nothing, and damage is noticed."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sensors.domain.bins import Bin, BinDamaged, bin_from_bytes, summary_from_bytes
from sensors.domain.codec import pack, unpack
from sensors.domain.readings import Readings, as_set, readings
from sensors.tests.generated import from_bits, some_readings, temperature

_SECOND = 1_000_000_000


def _there_and_back(ordered: Readings) -> Readings:
    return unpack(pack(ordered), count=len(ordered), first_at=int(ordered["at"][0]))


class TestPacking:
    @given(some_readings(least=1))
    @example(from_bits([(0, 0x8000000000000000)]))
    @example(from_bits([(-(2**63), 0), (2**63 - 1, 0)]))
    @settings(deadline=None, max_examples=500)
    def test_gives_back_the_same_bits(self, given_readings: Readings) -> None:
        ordered = as_set(given_readings)
        assert _there_and_back(ordered).tobytes() == ordered.tobytes()

    @given(st.integers(0, 15), st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=300))
    @settings(deadline=None)
    def test_gives_back_any_number_of_decimals(self, decimals: int, numbers: list[int]) -> None:
        values = np.array(numbers) / 10**decimals
        ordered = readings(np.arange(len(values)) * _SECOND, values)
        assert _there_and_back(ordered).tobytes() == ordered.tobytes()

    def test_keeps_odd_values_among_decimals_cheap(self) -> None:
        plain = temperature(700)
        odd = plain.copy()
        odd["value"][[0, 100, 699]] = np.nan, -0.0, np.inf
        assert _there_and_back(odd).tobytes() == odd.tobytes()
        assert len(pack(odd)) < len(pack(plain)) + 3 * 12 + 20

    @pytest.mark.parametrize(("count", "bytes_max"), [(60, 2.2), (600, 1.3), (3600, 1.3)])
    def test_takes_few_bytes_a_reading(self, count: int, bytes_max: float) -> None:
        assert len(pack(temperature(count))) / count < bytes_max

    def test_takes_no_bytes_for_regular_times(self) -> None:
        regular, irregular = temperature(700), temperature(700)
        irregular["at"] += np.random.default_rng(1).integers(0, 400_000_000, 700)
        assert len(pack(irregular)) > len(pack(regular)) + 700


class TestABin:
    def test_is_the_same_after_storing(self) -> None:
        made = Bin.of(temperature(600))
        again = bin_from_bytes(made.header(), made.packed)
        assert again == made
        assert again.readings().tobytes() == temperature(600).tobytes()

    @given(st.integers(0, 10_000), st.integers(1, 255))
    @settings(deadline=None)
    def test_notices_any_byte_that_changed(self, position: int, change: int) -> None:
        made = Bin.of(temperature(300))
        stored = bytearray(made.header() + made.packed)
        stored[position % len(stored)] ^= change
        border = len(made.header())
        with pytest.raises(BinDamaged):
            bin_from_bytes(bytes(stored[:border]), bytes(stored[border:]))

    def test_notices_what_is_cut_off(self) -> None:
        made = Bin.of(temperature(300))
        with pytest.raises(BinDamaged):
            bin_from_bytes(made.header(), made.packed[:-1])
        with pytest.raises(BinDamaged):
            summary_from_bytes(made.header()[:-1])

    def test_of_the_same_readings_has_the_same_digest_and_of_others_another(self) -> None:
        assert Bin.of(temperature(60)).digest() == Bin.of(temperature(60)).digest()
        assert Bin.of(temperature(60)).digest() != Bin.of(temperature(60, seed=2)).digest()


class TestASummary:
    def test_tells_what_the_readings_are_like(self) -> None:
        at = np.array([1, 2, 3, 4, 5]) * _SECOND
        summary = Bin.of(readings(at, [2.5, np.nan, -1.0, 9.0, 4.5])).summary
        assert (summary.count, summary.numbers) == (5, 4)
        assert (summary.first.value, summary.last.value) == (2.5, 4.5)
        assert (summary.lowest.at, summary.lowest.value) == (3 * _SECOND, -1.0)
        assert (summary.highest.at, summary.highest.value) == (4 * _SECOND, 9.0)
        assert summary.mean == 3.75

    def test_of_no_numbers_has_no_mean(self) -> None:
        summary = Bin.of(readings([1, 2], [np.nan, np.nan])).summary
        assert (summary.numbers, summary.total) == (0, 0.0)
        assert np.isnan(summary.mean)
        assert summary.lowest.at == 1

    @given(some_readings(least=1, most=40))
    @settings(deadline=None)
    def test_survives_storing_whatever_the_readings(self, given_readings: Readings) -> None:
        made = Bin.of(as_set(given_readings))
        again = summary_from_bytes(made.header())
        assert again.count == len(as_set(given_readings))
        assert (again.first.at, again.last.at) == (made.summary.first.at, made.summary.last.at)
