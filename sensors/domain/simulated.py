"""Readings as a thermometer says them: for demos, estimates and benchmarks."""

import numpy as np

from sensors.domain.readings import NS_PER_S, Readings, readings

_DAY_S = 86_400


def thermometer(count: int, *, seed: int, begin_ns: int = 0, every_ns: int = NS_PER_S) -> Readings:
    """Two decimals: a day's curve, a slow wander, its sensor's noise."""
    chance = np.random.default_rng(seed)
    elapsed_s = np.arange(count) * (every_ns / NS_PER_S)
    curve = 20 + 5 * np.sin(elapsed_s * 2 * np.pi / _DAY_S)
    wander = np.cumsum(chance.normal(0, 0.01, count))
    values = np.round(curve + wander + chance.normal(0, 0.05, count), 2)
    return readings(begin_ns + every_ns * np.arange(count, dtype=np.int64), values)
