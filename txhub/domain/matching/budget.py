"""How much a search may cost: counted, not timed, so that it ends at the same point everywhere."""

# Enough for ordinary months to be matched as without it; crowds of look-alikes meet it.
_STEPS_PER_POSTING = 2_000


class Budget:
    """Steps that are left: one for each pair that a flow looks at."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    @property
    def spent(self) -> bool:
        return self._left <= 0

    def spend(self, steps: int) -> None:
        """Goes below nothing where the last search was larger than what was left."""
        self._left -= steps


def budget_of(postings: int) -> Budget:
    """Grows with the postings of a component, so that no crowd spends what others need."""
    return Budget(_STEPS_PER_POSTING * postings)
