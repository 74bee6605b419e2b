"""Readings as a thermometer says them: for demos, estimates and benchmarks."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from sensors.domain.readings import NS_PER_S, Floats, Ints, Readings, readings

_DAY_S = 86_400


def thermometer(count: int, *, seed: int, begin_ns: int = 0, every_ns: int = NS_PER_S) -> Readings:
    """Two decimals: a day's curve, a slow wander, its sensor's noise."""
    chance = np.random.default_rng(seed)
    elapsed_s = np.arange(count) * (every_ns / NS_PER_S)
    curve = 20 + 5 * np.sin(elapsed_s * 2 * np.pi / _DAY_S)
    wander = np.cumsum(chance.normal(0, 0.01, count))
    values = np.round(curve + wander + chance.normal(0, 0.05, count), 2)
    return readings(begin_ns + every_ns * np.arange(count, dtype=np.int64), values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """A sensor that has a value at every moment, always the same: asked twice, it says it twice."""

    name: str
    middle: float
    swing: float
    noise: float
    decimals: int = 2

    def said(self, at: Ints) -> Floats:
        """Its values at these times: by the hour of the day, some weather, its noise."""
        days = at / (NS_PER_S * _DAY_S)
        seed = crc32(self.name.encode()) / 2**32
        day = np.sin(2 * np.pi * (days + seed))
        weather = np.sin(2 * np.pi * days * 1.93 + 7 * seed) + np.sin(2 * np.pi * days * 7.3 + seed)
        chance = np.modf(np.sin(at / NS_PER_S % 1e6 * 12.9898 + seed) * 43_758.5453)[0]
        values: Floats = (
            self.middle + self.swing * (0.6 * day + 0.2 * weather) + self.noise * chance
        )
        return np.round(values, self.decimals)
