"""Control totals of a file in the hub's own format: what it promises, and what its records make."""

from collections import defaultdict

from kernel.errors import Refused
from txhub.feeds.hub_record import Amount


class TotalsMismatch(Refused):
    """The totals in the C records are not those of the D records."""

    code = "totals_mismatch"


class ControlTotals:
    """Sums of debits and credits for each currency, in minor units and without a sign.

    `unreadable` counts the records whose amounts could not be read: they are in what the file
    promises and not in what was counted.
    """

    def __init__(self) -> None:
        self.unreadable = 0
        self._debits: defaultdict[str, int] = defaultdict(int)
        self._credits: defaultdict[str, int] = defaultdict(int)
        self._promised: dict[str, tuple[int, int]] = {}

    def add(self, amount: Amount) -> None:
        side = self._debits if amount.is_debit else self._credits
        side[amount.currency] += amount.minor

    def promise(self, currency: str, debits: int, credits: int) -> None:
        """What a C record says. Raises `TotalsMismatch` for a second one of the same currency."""
        if currency in self._promised:
            raise TotalsMismatch(f"there are two C records for {currency[:3]}")
        self._promised[currency] = (debits, credits)

    def counted(self) -> dict[str, tuple[int, int]]:
        """Debits and credits by currency."""
        currencies = sorted({*self._debits, *self._credits})
        return {code: (self._debits[code], self._credits[code]) for code in currencies}

    def check(self) -> None:
        """Raises `TotalsMismatch` unless every promise is kept and every currency promised."""
        counted = self.counted()
        for currency in sorted({*counted, *self._promised}):
            self._check_one(currency, counted.get(currency, (0, 0)))

    def _check_one(self, currency: str, counted: tuple[int, int]) -> None:
        promised = self._promised.get(currency, (0, 0))
        enough = promised[0] >= counted[0] and promised[1] >= counted[1]
        if promised != counted and not (self.unreadable and enough):
            raise TotalsMismatch(
                f"the C record of {currency[:3]} says debits {promised[0]} and credits"
                f" {promised[1]} in minor units; the D records make {counted[0]} and {counted[1]}:"
                " have the file sent again"
            )
