"""What can be asked of the shop. What belongs to a customer is answered to that customer only."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws.dynamodb import decode_cursor, encode_cursor
from aws.metrics import use_case
from aws.vault import vault
from cart.domain.carts import Cart
from cart.domain.orders import Order, OrderStatus
from cart.domain.products import Product
from cart.domain.progress import Stage, stages
from cart.domain.purchases import CheckoutId, CustomerId, ProductId
from cart.repository.best_sellers import BEST_SELLERS
from cart.repository.carts import CART_REPOSITORY
from cart.repository.orders import ORDER_REPOSITORY
from cart.repository.payments import PAYMENT_REPOSITORY
from cart.repository.products import PRODUCT_REPOSITORY
from cart.repository.stock import STOCK_REPOSITORY
from cart.repository.views import VIEW_REPOSITORY
from kernel.clock import Clock, utc_now
from kernel.errors import Missing

LIMIT_DEFAULT, LIMIT_MAX = 20, 100


class OrderMissing(Missing):
    """No such order, or not one of yours."""

    code = "order_not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A product and how many of it were available a moment ago; None: it was never in stock."""

    product: Product
    available: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersPage:
    """Newest first."""

    orders: tuple[Order, ...]
    next_cursor: str | None


@use_case("shop.products")
def offers() -> list[Offer]:
    """All products, by category and name."""
    return _offered(PRODUCT_REPOSITORY.all())


@use_case("shop.product")
def offer(product_id: str) -> Offer:
    """Raises `ProductMissing`."""
    (found,) = _offered([PRODUCT_REPOSITORY.find(product_id)])
    return found


def product(product_id: str) -> Product:
    """Raises `ProductMissing`."""
    return PRODUCT_REPOSITORY.find(product_id)


@use_case("shop.best_sellers")
def best_sellers(count: int, *, clock: Clock = utc_now) -> list[ProductId]:
    """What was sold most in the last month."""
    return [product_id for product_id, _units in BEST_SELLERS.top(count, now=clock())]


@use_case("cart.show")
def cart_of(customer_id: CustomerId, *, clock: Clock = utc_now) -> Cart:
    return CART_REPOSITORY.find(customer_id, clock())


@use_case("orders.list")
def orders_of(
    customer_id: CustomerId, *, cursor: str | None = None, limit: int = LIMIT_DEFAULT
) -> OrdersPage:
    """A page of the customer's orders, a moment behind. Raises `BadCursor`."""
    key = vault().id_key("cursors")
    after = decode_cursor(key, customer_id, cursor) if cursor else None
    page = VIEW_REPOSITORY.orders_of(customer_id, after=after, limit=min(limit, LIMIT_MAX))
    next_cursor = encode_cursor(key, customer_id, page.last) if page.last else None
    return OrdersPage(orders=page.orders, next_cursor=next_cursor)


@use_case("orders.one")
def order_for(customer_id: CustomerId, order_id: str, *, clock: Clock = utc_now) -> Order:
    """One order; pending as soon as its check-out has begun. Raises `OrderMissing`."""
    checkout_id = CheckoutId(order_id)
    order = ORDER_REPOSITORY.find(checkout_id) or _beginning(customer_id, order_id, clock)
    # The cart knows of it until the order is there, which may have come since the first look.
    order = order or ORDER_REPOSITORY.find(checkout_id)
    if order is None or order.purchase.customer_id != customer_id:
        raise OrderMissing
    return order


def _beginning(customer_id: CustomerId, order_id: str, clock: Clock) -> Order | None:
    """The order that a check-out under way is about to create."""
    purchase = CART_REPOSITORY.find(customer_id, clock()).purchase
    if purchase is None or purchase.checkout_id != order_id:
        return None
    return Order(purchase=purchase, status=OrderStatus.PENDING, at=purchase.begun_at)


@use_case("orders.progress")
def progress_of(order: Order) -> tuple[Stage, ...]:
    """How far its check-out is."""
    checkout_id = order.purchase.checkout_id
    reservation = STOCK_REPOSITORY.find(checkout_id)
    return stages(order, reservation, PAYMENT_REPOSITORY.find(checkout_id))


def _offered(products: Sequence[Product]) -> list[Offer]:
    available = VIEW_REPOSITORY.available(each.product_id for each in products)
    return [Offer(product=each, available=available.get(each.product_id)) for each in products]
