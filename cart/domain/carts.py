"""A customer's cart: one aggregate, changed under optimistic concurrency control.

free  -- change --> free            add or remove, IF nobody changed it since it was read
free  -- begin  --> checking out    from now on its lines are fixed
checking out -- commit    --> free  bought: its lines are gone
checking out -- roll back --> free  not bought: its lines are as before
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from cart.domain.purchases import CheckoutId, CustomerId, Line, ProductId, Purchase
from kernel.errors import Conflict, Refused

# A reservation is one transaction of at most 100 writes: one for each line, and its own.
LINES_MAX = 99
# A cart that nobody changes for so long is abandoned.
KEPT = timedelta(days=30)


class CheckoutInProgress(Conflict):
    """The cart is being checked out; it can be changed again when that has ended."""

    code = "checkout_in_progress"
    http_status: ClassVar[int] = 409


class EmptyCart(Refused):
    """There is nothing in the cart to check out."""

    code = "empty_cart"


class CartFull(Refused):
    """A cart holds 99 different products at the most."""

    code = "cart_full"


class QuantityConflict(Conflict):
    """Somebody has changed the same quantity meanwhile, to another value than this one."""

    code = "quantity_conflict"

    def __init__(self, *, yours: Line, theirs: int) -> None:
        super().__init__()
        self.yours, self.theirs = yours, theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """What is being done with a cart: which check-out, paid how, begun when."""

    checkout_id: CheckoutId
    method: str
    begun_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """`version` is the talk's `LastUpdate`: milliseconds since 1970, more with every update, also
    where the clock did not move on. It never comes again, not even after the cart expired and was
    begun anew. 0: it was never stored."""

    customer_id: CustomerId
    version: int = 0
    lines: tuple[Line, ...] = ()
    checkout: Checkout | None = None

    def quantity_of(self, product_id: ProductId) -> int:
        return next((line.quantity for line in self.lines if line.product_id == product_id), 0)

    def with_line(self, new: Line, now: datetime) -> "Cart":
        """The line put where the product's line stood, or last; a quantity of 0 takes it away.

        Raises `CheckoutInProgress` or `CartFull`.
        """
        if self.checkout is not None:
            raise CheckoutInProgress(stored=self)
        by_product = {line.product_id: line for line in self.lines} | {new.product_id: new}
        lines = tuple(line for line in by_product.values() if line.quantity)
        if len(lines) > LINES_MAX:
            raise CartFull
        return self._updated(now, lines=lines)

    def checking_out(self, checkout: Checkout) -> "Cart":
        """Raises `CheckoutInProgress` or `EmptyCart`."""
        if self.checkout is not None:
            raise CheckoutInProgress(stored=self)
        if not self.lines:
            raise EmptyCart
        return self._updated(checkout.begun_at, checkout=checkout)

    def committed(self, now: datetime) -> "Cart":
        return self._updated(now, lines=(), checkout=None)

    def rolled_back(self, now: datetime) -> "Cart":
        return self._updated(now, checkout=None)

    @property
    def purchase(self) -> Purchase | None:
        """What is being bought, while it is being checked out."""
        if self.checkout is None:
            return None
        return Purchase(
            checkout_id=self.checkout.checkout_id,
            customer_id=self.customer_id,
            lines=self.lines,
            method=self.checkout.method,
            begun_at=self.checkout.begun_at,
        )

    @property
    def expires_at(self) -> datetime | None:
        """When it is taken for abandoned; None while it is being checked out."""
        if self.checkout is not None:
            return None
        return datetime.fromtimestamp(self.version / 1000, UTC) + KEPT

    def _updated(self, now: datetime, **changes: object) -> "Cart":
        version = max(self.version + 1, int(now.timestamp() * 1000))
        return replace(self, version=version, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class AddLine:
    """A command of a page: so many more of a product. Two of these commute."""

    line: Line

    def applied(self, cart: Cart, now: datetime) -> Cart:
        quantity = cart.quantity_of(self.line.product_id) + self.line.quantity
        return cart.with_line(replace(self.line, quantity=quantity), now)


@dataclass(frozen=True, slots=True)
class SetLine:
    """A command of a page that showed the quantity `seen`: make it so many. It commutes with what
    others do to other products, and with another that wants the same."""

    line: Line
    seen: int

    def applied(self, cart: Cart, now: datetime) -> Cart:
        """Raises `QuantityConflict` where the quantity is neither as seen nor as wanted."""
        stored = cart.quantity_of(self.line.product_id)
        if stored not in (self.seen, self.line.quantity):
            raise QuantityConflict(yours=self.line, theirs=stored)
        return cart.with_line(self.line, now)


Command = AddLine | SetLine
