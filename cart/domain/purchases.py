"""What somebody buys: the lines of a cart, and what a check-out carries from service to service."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add
from typing import NewType

from kernel.errors import Refused
from kernel.money import Money

CustomerId = NewType("CustomerId", str)  # Cognito's `sub`
ProductId = NewType("ProductId", str)  # a short name such as `moka-pot`
CheckoutId = NewType("CheckoutId", str)  # chk_…; also the id of the order that it makes

QUANTITY_MAX = 99_999


class BadQuantity(Refused):
    """A quantity is a whole number from 0 to 99,999."""

    code = "bad_quantity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """So many of one product, at the price for one that it had when the line was last changed."""

    product_id: ProductId
    name: str
    quantity: int
    unit_price: Money

    def __post_init__(self) -> None:
        if not 0 <= self.quantity <= QUANTITY_MAX:
            raise BadQuantity

    @property
    def price(self) -> Money:
        """For all of them."""
        return Money(self.unit_price.minor * self.quantity, self.unit_price.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """What a check-out is about. Each service keeps it with its own record and passes it on, so
    that none has to ask another (event-carried state).

    `method` is the provider's token for how the customer pays; never a card number.
    """

    checkout_id: CheckoutId
    customer_id: CustomerId
    lines: tuple[Line, ...]
    method: str
    begun_at: datetime

    @property
    def total(self) -> Money:
        return total_of(self.lines)


def total_of(lines: tuple[Line, ...]) -> Money:
    """The sum of at least one line. Raises `kernel.money.BadAmount` where currencies differ."""
    return reduce(add, (line.price for line in lines))
