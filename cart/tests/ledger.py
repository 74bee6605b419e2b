"""What must hold of check-outs that have ended, read from the services' own tables."""

from collections.abc import Iterable, Iterator

from cart.domain.orders import OrderStatus
from cart.domain.payments import Answer, PaymentStatus
from cart.domain.purchases import ProductId, Purchase
from cart.domain.stock import ReservationStatus
from cart.provider.sandbox import Books
from cart.repository.carts import CART_REPOSITORY
from cart.repository.orders import ORDER_REPOSITORY
from cart.repository.payments import PAYMENT_REPOSITORY
from cart.repository.stock import STOCK_REPOSITORY
from kernel.clock import utc_now


def faults(purchases: Iterable[Purchase], product: ProductId, units: int) -> list[str]:
    """Purchases of one product, of which there were so many units: money is taken exactly for what
    is confirmed, every unit is on a shard or sold, and no cart is stuck."""
    bought = list(purchases)
    sold = sum(
        line.quantity for each in bought if _says(each, confirmed=True) == [] for line in each.lines
    )
    left = available(product)
    lost = [] if sold + left == units else [f"{units} units became {sold} sold, {left} available"]
    return [fault for each in bought for fault in _faults(each)] + lost


def available(product: ProductId) -> int:
    return sum(STOCK_REPOSITORY.available(STOCK_REPOSITORY.shards_of([product]))[product])


def is_open(purchase: Purchase) -> bool:
    """Whether its cart is still being checked out."""
    return CART_REPOSITORY.find(purchase.customer_id, utc_now()).checkout is not None


def _faults(purchase: Purchase) -> Iterator[str]:
    order = ORDER_REPOSITORY.find(purchase.checkout_id)
    if order is None or order.status is OrderStatus.PENDING or is_open(purchase):
        yield f"{purchase.checkout_id} has not ended"
    else:
        yield from _says(purchase, confirmed=order.status is OrderStatus.CONFIRMED)


def _says(purchase: Purchase, *, confirmed: bool) -> list[str]:
    """Who of all says otherwise."""
    key = purchase.checkout_id
    order, payment = ORDER_REPOSITORY.find(key), PAYMENT_REPOSITORY.find(key)
    reservation, entry = STOCK_REPOSITORY.find(key), Books().find(key)
    said = {
        "order": order is not None and order.status is OrderStatus.CONFIRMED,
        "payment": payment is not None and payment.status is PaymentStatus.CAPTURED,
        "stock": reservation is not None and reservation.status is ReservationStatus.SOLD,
        "provider": entry is not None and entry.state is Answer.CAPTURED,
    }
    return [f"{key}: {who} says {it}" for who, it in said.items() if it is not confirmed]
