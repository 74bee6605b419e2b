"""Readings for tests: whatever hypothesis can think of, and what sensors really send."""

import numpy as np
from hypothesis import strategies as st

from sensors.domain.readings import Readings, as_set, readings

_TIMES = st.integers(-(2**63), 2**63 - 1)
_NEAR_TIMES = st.integers(0, 5_000).map(lambda ms: 1_700_000_000_000_000_000 + ms * 1_000_000)
_BITS = st.integers(0, 2**64 - 1)
_ODD_BITS = st.sampled_from(
    [
        0x7FF0000000000000,  # infinity
        0xFFF0000000000000,
        0x8000000000000000,  # negative zero
        0x7FF8000000000000,  # NaN
        0x7FF0000000000001,  # a signalling one
        0xFFFFDEADBEEFCAFE,  # one with a payload
        0x0000000000000001,  # the smallest that is not zero
    ]
)
_DECIMALS = st.tuples(st.integers(-100_000, 100_000), st.integers(0, 4)).map(
    lambda each: int(np.float64(each[0] / 10 ** each[1]).view(np.uint64))
)


def some_readings(*, least: int = 0, most: int = 200) -> st.SearchStrategy[Readings]:
    """Readings in any order, with doubles; sometimes like a sensor's, sometimes of any bits."""
    likely = st.tuples(_NEAR_TIMES, st.one_of(_DECIMALS, _DECIMALS, _ODD_BITS))
    unlikely = st.tuples(_TIMES, st.one_of(_BITS, _ODD_BITS))
    pairs = st.one_of(
        st.lists(likely, min_size=least, max_size=most),
        st.lists(unlikely, min_size=least, max_size=most),
    )
    return pairs.map(from_bits)


def from_bits(pairs: list[tuple[int, int]]) -> Readings:
    """Readings of times and the bits of values."""
    at = np.array([pair[0] for pair in pairs], np.int64)
    bits = np.array([pair[1] for pair in pairs], np.uint64)
    return readings(at, bits.view(np.float64))


def temperature(count: int, *, seed: int = 1, every_ns: int = 1_000_000_000) -> Readings:
    """A thermometer with two decimals: a day's curve, a slow wander, and some noise. More of it
    begins with the same."""
    chance = np.random.default_rng(seed)
    at = 1_700_000_000_000_000_000 + every_ns * np.arange(count, dtype=np.int64)
    curve = 20 + 5 * np.sin(np.arange(count) * (every_ns / 86_400e9) * 2 * np.pi)
    steps, noise = chance.normal(0, (0.01, 0.05), (count, 2)).T
    return readings(at, np.round(curve + np.cumsum(steps) + noise, 2))


def same(one: Readings, other: Readings) -> bool:
    """Whether two sets hold the same readings, to the bit."""
    return as_set(one).tobytes() == as_set(other).tobytes()


def pairs_of(given: Readings) -> set[tuple[int, int]]:
    """Readings as a set of times and bits."""
    bits = np.ascontiguousarray(given["value"]).view(np.uint64)
    return set(zip(given["at"].tolist(), bits.tolist(), strict=True))
