"""What the tests of the shop start from: customers, products with stock, purchases."""

from datetime import UTC, datetime
from secrets import token_hex

from cart.domain.purchases import CheckoutId, CustomerId, Line, ProductId, Purchase
from cart.domain.saga import Event, Service
from cart.services import stock
from kernel.ids import random_id
from kernel.money import Money

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def now() -> datetime:
    """A clock that stands still."""
    return NOW


def new_customer(name: str = "alice") -> CustomerId:
    """An id such as Cognito gives."""
    return CustomerId(f"{name}-{token_hex(8)}")


def new_product(units: int | None = None, *, shards: int = 4) -> ProductId:
    """A product of its own; in stock, if `units` says so."""
    product_id = ProductId(f"cup-{token_hex(6)}")
    if units is not None:
        assert stock.open_product(product_id, units, shards=shards)
    return product_id


def line(product_id: ProductId, quantity: int = 1, pence: int = 250) -> Line:
    return Line(
        product_id=product_id, name="Cup", quantity=quantity, unit_price=Money(pence, "GBP")
    )


def purchase(*lines: Line, method: str = "sandbox-approve") -> Purchase:
    """A purchase of a check-out of its own."""
    return Purchase(
        checkout_id=CheckoutId(random_id("chk")),
        customer_id=new_customer(),
        lines=lines,
        method=method,
        begun_at=NOW,
    )


def about(bought: Purchase, reason: str = "") -> Event:
    """An event about this purchase; what said it does not matter to a service."""
    return Event(service=Service.CARTS, status="any", purchase=bought, reason=reason)
