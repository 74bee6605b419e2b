"""What customers live through, with real consumers and a real worker on the real engine."""

from collections.abc import Iterator
from datetime import timedelta
from secrets import choice, token_hex

import pytest
from django.test import override_settings

from cart import projections, queries, tasks
from cart.domain.carts import AddLine, Cart
from cart.domain.orders import Order, OrderStatus
from cart.domain.payments import PaymentStatus
from cart.domain.purchases import CustomerId, ProductId
from cart.domain.stock import ReservationStatus
from cart.provider.sandbox import Method
from cart.repository.carts import CART_REPOSITORY
from cart.repository.payments import PAYMENT_REPOSITORY
from cart.repository.stock import STOCK_REPOSITORY
from cart.repository.views import VIEW_REPOSITORY
from cart.services import carts
from cart.tests.processes import running_shop, start_consumer, start_worker, wait_until
from cart.tests.shop import line, new_customer, new_product
from kernel.clock import utc_now

pytestmark = pytest.mark.journey
_SWEPT_SOON = {
    "doubt_swept_after": timedelta(seconds=3),
    "checkout_swept_after": timedelta(seconds=10),
}
_ENDED = {OrderStatus.CONFIRMED, OrderStatus.CANCELLED}


@pytest.fixture(scope="module")
def shop() -> Iterator[None]:
    with running_shop():
        yield


def check_out(product: ProductId, quantity: int = 1, method: str = Method.APPROVE) -> Order:
    """A new customer's order, pending."""
    customer = new_customer()
    cart = carts.carry_out(customer, AddLine(line(product, quantity)))
    checkout_id = carts.check_out(
        customer, token_hex(8), str(method), lambda each: each.version == cart.version
    )
    return queries.order_for(customer, checkout_id)


def now_of(order: Order) -> Order:
    return queries.order_for(order.purchase.customer_id, order.purchase.checkout_id)


def cart_of(order: Order) -> Cart:
    return CART_REPOSITORY.find(order.purchase.customer_id, utc_now())


def ended(order: Order, *, seconds_max: float = 60) -> Order:
    """The order when its check-out has ended, its cart included."""
    wait_until(
        lambda: now_of(order).status in _ENDED and cart_of(order).checkout is None,
        seconds_max=seconds_max,
    )
    return now_of(order)


def available(product: ProductId) -> int:
    return sum(STOCK_REPOSITORY.available(STOCK_REPOSITORY.shards_of([product]))[product])


@pytest.mark.usefixtures("shop")
class TestACheckout:
    def test_ends_with_a_confirmed_order_and_an_empty_cart(self) -> None:
        cup = new_product(5)
        order = ended(check_out(cup, 2))
        assert order.status is OrderStatus.CONFIRMED
        assert cart_of(order).lines == ()
        assert available(cup) == 3
        reservation = STOCK_REPOSITORY.find(order.purchase.checkout_id)
        assert reservation is not None
        assert reservation.status is ReservationStatus.SOLD

    @pytest.mark.parametrize(
        ("method", "reason"),
        [(Method.DECLINE, "payment_refused"), (Method.LAPSE, "payment_refused")],
    )
    def test_is_taken_back_when_payment_is_refused(self, method: Method, reason: str) -> None:
        cup = new_product(5)
        order = ended(check_out(cup, 2, method))
        assert (order.status, order.reason) == (OrderStatus.CANCELLED, reason)
        assert cart_of(order).lines == order.purchase.lines
        assert available(cup) == 5

    def test_is_taken_back_when_there_is_too_little(self) -> None:
        order = ended(check_out(new_product(1), 2))
        assert (order.status, order.reason) == (OrderStatus.CANCELLED, "out_of_stock")
        assert PAYMENT_REPOSITORY.find(order.purchase.checkout_id) is None

    @pytest.mark.parametrize("method", [Method.SILENT, Method.TWICE, Method.LATE])
    def test_finds_out_what_the_provider_did(self, method: Method) -> None:
        assert ended(check_out(new_product(1), 1, method)).status is OrderStatus.CONFIRMED


@pytest.mark.usefixtures("shop")
class TestTheViews:
    def test_follow_the_streams_and_are_rebuilt_equal(self) -> None:
        cup = new_product(9, shards=3)
        customer = CustomerId(ended(check_out(cup, 2)).purchase.customer_id)
        ended(check_out(cup, 1, Method.DECLINE))
        wait_until(lambda: VIEW_REPOSITORY.available([cup]) == {cup: 7})
        wait_until(lambda: cup in queries.best_sellers(100))
        wait_until(lambda: bool(shown(customer)) and shown(customer)[0].status in _ENDED)
        followed = shown(customer), queries.best_sellers(100)
        for item in VIEW_REPOSITORY.query_all(f"C#{customer}"):
            VIEW_REPOSITORY.delete(item["pk"], item["sk"])
        VIEW_REPOSITORY.delete(f"A#{cup}", "-")
        projections.rebuild()
        assert (shown(customer), queries.best_sellers(100)) == followed
        assert VIEW_REPOSITORY.available([cup]) == {cup: 7}


def shown(customer: CustomerId) -> tuple[Order, ...]:
    return queries.orders_of(customer).orders


class TestKilledProcesses:
    """The invariants of the simulation, with real processes that are killed at random."""

    CHECKOUTS = 60

    @pytest.mark.timeout(280)
    def test_lose_neither_money_nor_stock(self) -> None:
        cup = new_product(40, shards=4)
        methods = [Method.APPROVE, Method.APPROVE, Method.DECLINE, Method.SILENT]
        children = [start_consumer(), start_consumer("cart-consumer-2.log"), start_worker()]
        orders = []
        try:
            for number in range(self.CHECKOUTS):
                orders.append(check_out(cup, 1, choice(methods)))
                if number % 12 == 6:
                    victim = choice(range(2))
                    children[victim].kill()
                    children[victim] = start_consumer("cart-consumer-2.log")
                if number % 30 == 20:
                    children[2].kill()
                    children[2] = start_worker()
            with override_settings(CART=_SWEPT_SOON):
                wait_until(lambda: self._ended(orders), seconds_max=200)
        finally:
            for child in children:
                child.kill()
        self._check(orders, cup)

    def _ended(self, orders: list[Order]) -> bool:
        """Meanwhile does what beat would do."""
        tasks.sweep()
        return all(cart_of(order).checkout is None for order in orders)

    def _check(self, orders: list[Order], cup: ProductId) -> None:
        sold = 0
        for order in map(now_of, orders):
            checkout_id = order.purchase.checkout_id
            payment, reservation = (
                PAYMENT_REPOSITORY.find(checkout_id),
                STOCK_REPOSITORY.find(checkout_id),
            )
            is_bought = order.status is OrderStatus.CONFIRMED
            is_paid = payment is not None and payment.status is PaymentStatus.CAPTURED
            is_sold = reservation is not None and reservation.status is ReservationStatus.SOLD
            assert is_bought == is_paid == is_sold
            assert cart_of(order).checkout is None
            sold += is_bought
        assert sold + available(cup) == 40
