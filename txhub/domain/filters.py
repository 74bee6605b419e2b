"""What a customer may narrow a list of transactions by."""

from dataclasses import dataclass
from datetime import date

from kernel.errors import Refused
from txhub.domain.entities import Transaction
from txhub.domain.entries import Status


class BadRange(Refused):
    """The range ends before it begins: swap its two ends."""

    code = "bad_range"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionFilter:
    """All parts are optional and all that are given must hold.

    Days are inclusive and compare `booked_day`; amounts are minor units and compare without their
    sign; `q` is looked for in description and merchant, `category` must be equal, both without
    regard to case. Raises `BadRange` for a range that ends before it begins.
    """

    from_day: date | None = None
    to_day: date | None = None
    status: Status | None = None
    min_amount: int | None = None
    max_amount: int | None = None
    q: str = ""
    category: str = ""

    def __post_init__(self) -> None:
        if self.from_day and self.to_day and self.from_day > self.to_day:
            raise BadRange("'from' is after 'to'")
        if (
            self.min_amount is not None
            and self.max_amount is not None
            and self.min_amount > self.max_amount
        ):
            raise BadRange("'min_amount' is above 'max_amount'")

    @property
    def looks_inside(self) -> bool:
        """Whether rows must be opened to know if they match."""
        return bool(self.q or self.category) or (self.min_amount, self.max_amount) != (None, None)

    def matches(self, transaction: Transaction) -> bool:
        """Whether the transaction is one that the customer asked for."""
        return (
            self._in_days(transaction.booked_day)
            and self.status in (None, transaction.status)
            and self._in_amounts(abs(transaction.open_amount.minor))
            and self._in_words(transaction)
        )

    def _in_days(self, day: date) -> bool:
        return (self.from_day is None or self.from_day <= day) and (
            self.to_day is None or day <= self.to_day
        )

    def _in_amounts(self, minor: int) -> bool:
        return (self.min_amount is None or self.min_amount <= minor) and (
            self.max_amount is None or minor <= self.max_amount
        )

    def _in_words(self, transaction: Transaction) -> bool:
        merchant = transaction.merchant
        if self.category and self.category.casefold() != (merchant.category or "").casefold():
            return False
        needle = self.q.casefold()
        return not needle or any(
            needle in text.casefold() for text in (transaction.description, merchant.name or "")
        )
