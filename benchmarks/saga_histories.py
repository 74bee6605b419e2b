"""The exploration: histories until so many different ones have been played, on all cores."""

import secrets
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from embedded.programs import CORES

if TYPE_CHECKING:
    from cart.tests.simulation.actors import Fate

_AT_ONCE = 100  # histories of one call to another process
_PLANTED_SEEDS = 2_000


@dataclass(slots=True)
class Explored:
    """What some histories showed. `fates`: how often which write met which fate."""

    played: int = 0
    digests: set[bytes] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)
    fates: "Counter[tuple[str, Fate]]" = field(default_factory=Counter)

    def add(self, other: "Explored") -> None:
        self.played += other.played
        self.digests |= other.digests
        self.violations += other.violations
        self.fates += other.fates


def explored(histories: int) -> list[Figure]:
    first, began = secrets.randbelow(10**9), time.monotonic()
    print(f"  histories from seed {first} on")
    found = Explored()
    with _processes() as pool:
        batch, seed = CORES * 4, first
        while len(found.digests) < histories and not found.violations:
            seeds = [seed + number * _AT_ONCE for number in range(batch)]
            for part in pool.map(_explore, seeds):
                found.add(part)
            seed += batch * _AT_ONCE
            print(f"  {len(found.digests):,} different histories", flush=True)
        planted = sum(pool.map(_find_planted, range(3)))
    for violation in found.violations:
        print(f"  VIOLATED: {violation}")
    seconds = time.monotonic() - began
    return [*_figures(found, seconds), _planted_figure(planted)]


def _figures(found: Explored, seconds: float) -> list[Figure]:
    from cart.tests.simulation.actors import Fate

    writes = {name for name, _fate in found.fates}
    both = [(name, fate) for name in writes for fate in (Fate.CRASH_BEFORE, Fate.CRASH_AFTER)]
    missed = [(name, fate) for name, fate in both if not found.fates[name, fate]]
    return [
        Figure(
            name="histories",
            value=len(found.digests),
            unit="different",
            how=f"of {found.played:,} played in {seconds:,.0f} s",
            aim=">= 100000",
        ),
        Figure(
            name="violations",
            value=len(found.violations),
            unit="histories",
            how="money, stock, carts, ends: cart/tests/simulation/invariants.py",
            aim="= 0",
        ),
        Figure(
            name="crash_points_covered_percent",
            value=100 - 100 * len(missed) / len(both),
            unit="%",
            how=f"{len(both)} points: right before and right after each of {len(writes)} writes"
            + "".join(f"; never {fate.value} {name}" for name, fate in missed),
            aim=">= 95",
        ),
    ]


def _planted_figure(found: int) -> Figure:
    return Figure(
        name="planted_bugs_found",
        value=found,
        unit="of 3",
        how="a condition dropped, two steps swapped, a compensation forgotten",
        aim="= 3",
    )


def _processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(CORES, get_context("spawn"), initializer=_load)


def _load() -> None:
    """The environment is the parent's, which has made itself one of the bank's processes."""
    import django

    django.setup()


def _explore(first: int) -> Explored:
    from cart.tests.simulation import History, simulated

    found = Explored(played=_AT_ONCE)
    with simulated():
        for seed in range(first, first + _AT_ONCE):
            history = History(seed)
            violations = history.run()
            if violations:
                found.violations.append(f"seed {seed}: {'; '.join(violations)}")
            found.digests.add(history.digest)
            found.fates += history.fates
    return found


def _find_planted(number: int) -> bool:
    from cart.tests.simulation import PLANTED, simulated

    with simulated():
        return PLANTED[number].finds(range(_PLANTED_SEEDS)) is not None
