"""The check-out explored: thousands of histories, and three bugs that it must find.

`make bench B=saga` plays a hundred thousand. A failing seed is played again by

    with simulated(): print(History(SEED).run())
"""

from collections import Counter
from collections.abc import Iterator
from secrets import randbelow

import pytest

from cart.tests.simulation import PLANTED, History, Planted, simulated
from cart.tests.simulation.actors import Fate

HISTORIES = 2_000


@pytest.fixture(autouse=True)
def _simulated() -> Iterator[None]:
    with simulated():
        yield


class TestTheCheckout:
    def test_keeps_its_invariants_in_every_history(self) -> None:
        first = randbelow(10**9)
        digests: set[bytes] = set()
        fates: Counter[tuple[str, Fate]] = Counter()
        for seed in range(first, first + HISTORIES):
            history = History(seed)
            violations = history.run()
            assert not violations, f"seed {seed}: {violations}"
            digests.add(history.digest)
            fates += history.fates
        assert len(digests) > 0.95 * HISTORIES
        self._check_that_crashes_covered(fates)

    def test_is_the_same_for_the_same_seed(self) -> None:
        for seed in range(20):
            one, other = History(seed), History(seed)
            assert one.run() == other.run()
            assert (one.digest, one.fates) == (other.digest, other.fates)

    @pytest.mark.parametrize("planted", PLANTED, ids=lambda each: each.name)
    def test_is_found_out_when_a_bug_is_planted(self, planted: Planted) -> None:
        assert planted.finds(seeds=range(500)) is not None

    def _check_that_crashes_covered(self, fates: Counter[tuple[str, Fate]]) -> None:
        """Every write that happens often had its process die right before it, and right after."""
        often = {name for (name, fate), times in fates.items() if times > 1000}
        assert len(often) > 8
        missed = [
            (name, fate)
            for name in often
            for fate in (Fate.CRASH_BEFORE, Fate.CRASH_AFTER)
            if not fates[name, fate]
        ]
        assert not missed
