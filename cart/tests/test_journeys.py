"""What customers live through, with real consumers and real workers on the real engine; the same
whether their check-outs are choreographed or orchestrated."""

from collections.abc import Iterator
from datetime import timedelta
from secrets import choice, token_hex

import pytest
from django.test import override_settings

from cart import projections, queries, tasks
from cart.conf import Variant
from cart.domain.carts import AddLine, Cart
from cart.domain.orders import Order, OrderStatus
from cart.domain.purchases import ProductId
from cart.domain.stock import ReservationStatus
from cart.provider.sandbox import Method
from cart.repository.carts import CART_REPOSITORY
from cart.repository.payments import PAYMENT_REPOSITORY
from cart.repository.stock import STOCK_REPOSITORY
from cart.repository.views import VIEW_REPOSITORY
from cart.services import carts
from cart.tests.ledger import available, faults, is_open
from cart.tests.processes import running_shop, wait_until
from cart.tests.shop import line, new_customer, new_product
from kernel.clock import utc_now

pytestmark = pytest.mark.journey
_SWEPT_SOON = {
    "doubt_swept_after": timedelta(seconds=3),
    "checkout_swept_after": timedelta(seconds=5),
    "execution_patience": timedelta(seconds=5),
}
_ENDED = {OrderStatus.CONFIRMED, OrderStatus.CANCELLED}


@pytest.fixture(scope="module", params=Variant, ids=str)
def variant(request: pytest.FixtureRequest) -> Variant:
    found: Variant = request.param
    return found


@pytest.fixture(scope="module")
def orders(variant: Variant) -> Iterator[dict[Method, Order]]:
    """A check-out of two cups of five, by each of these methods: all begun at once, so that they
    wait together. The shop runs as long as they are needed."""
    methods = (Method.APPROVE, Method.DECLINE, Method.LAPSE, Method.SILENT, Method.TWICE,
               Method.LATE)  # fmt: skip
    with running_shop(variant):
        yield {method: check_out(new_product(5), 2, method) for method in methods}


def check_out(product: ProductId, quantity: int = 1, method: Method = Method.APPROVE) -> Order:
    """A new customer's order, pending."""
    customer = new_customer()
    cart = carts.carry_out(customer, AddLine(line(product, quantity)))
    checkout_id = carts.check_out(
        customer, token_hex(8), method.value, lambda each: each.version == cart.version
    )
    return queries.order_for(customer, checkout_id)


def now_of(order: Order) -> Order:
    return queries.order_for(order.purchase.customer_id, order.purchase.checkout_id)


def cart_of(order: Order) -> Cart:
    return CART_REPOSITORY.find(order.purchase.customer_id, utc_now())


def cup_of(order: Order) -> ProductId:
    return order.purchase.lines[0].product_id


def ended(order: Order) -> Order:
    """The order when its check-out has ended, its cart included."""
    wait_until(lambda: now_of(order).status in _ENDED and cart_of(order).checkout is None)
    return now_of(order)


class TestACheckout:
    def test_ends_with_a_confirmed_order_and_an_empty_cart(
        self, orders: dict[Method, Order]
    ) -> None:
        order = ended(orders[Method.APPROVE])
        assert order.status is OrderStatus.CONFIRMED
        assert cart_of(order).lines == ()
        assert available(cup_of(order)) == 3
        reservation = STOCK_REPOSITORY.find(order.purchase.checkout_id)
        assert reservation is not None
        assert reservation.status is ReservationStatus.SOLD

    @pytest.mark.parametrize("method", [Method.DECLINE, Method.LAPSE])
    def test_is_taken_back_when_payment_is_refused(
        self, orders: dict[Method, Order], method: Method
    ) -> None:
        order = ended(orders[method])
        assert (order.status, order.reason) == (OrderStatus.CANCELLED, "payment_refused")
        assert cart_of(order).lines == order.purchase.lines
        assert available(cup_of(order)) == 5

    @pytest.mark.usefixtures("orders")
    def test_is_taken_back_when_there_is_too_little(self) -> None:
        order = ended(check_out(new_product(1), 2))
        assert (order.status, order.reason) == (OrderStatus.CANCELLED, "out_of_stock")
        assert PAYMENT_REPOSITORY.find(order.purchase.checkout_id) is None

    @pytest.mark.parametrize("method", [Method.SILENT, Method.TWICE, Method.LATE])
    def test_finds_out_what_the_provider_did(
        self, orders: dict[Method, Order], method: Method
    ) -> None:
        order = ended(orders[method])
        assert order.status is OrderStatus.CONFIRMED
        assert faults([order.purchase], cup_of(order), 5) == []


class TestTheViews:
    def test_follow_the_streams_and_are_rebuilt_equal(self, orders: dict[Method, Order]) -> None:
        order = ended(orders[Method.APPROVE])
        customer, cup = order.purchase.customer_id, cup_of(order)
        wait_until(lambda: VIEW_REPOSITORY.available([cup]) == {cup: 3})
        wait_until(lambda: cup in queries.best_sellers(100))
        wait_until(lambda: self._shown(order) == (now_of(order),))
        followed = self._shown(order), queries.best_sellers(100)
        for item in VIEW_REPOSITORY.query_all(f"C#{customer}"):
            VIEW_REPOSITORY.delete(item["pk"], item["sk"])
        VIEW_REPOSITORY.delete(f"A#{cup}", "-")
        projections.rebuild()
        assert (self._shown(order), queries.best_sellers(100)) == followed
        assert VIEW_REPOSITORY.available([cup]) == {cup: 3}

    def _shown(self, order: Order) -> tuple[Order, ...]:
        return queries.orders_of(order.purchase.customer_id).orders


@pytest.mark.parametrize("variant", Variant, ids=str)
class TestKilledProcesses:
    """The invariants of the simulation, with real processes that are killed at random."""

    CHECKOUTS, UNITS = 30, 20

    @pytest.mark.timeout(280)
    def test_lose_neither_money_nor_stock(self, variant: Variant) -> None:
        cup = new_product(self.UNITS, shards=4)
        methods = [Method.APPROVE, Method.APPROVE, Method.DECLINE, Method.SILENT]
        with (
            override_settings(CART={"saga": variant, **_SWEPT_SOON}),
            running_shop(variant, consumers=2) as fleet,
        ):
            bought = []
            for number in range(self.CHECKOUTS):
                bought.append(check_out(cup, 1, choice(methods)).purchase)
                if number % 10 == 5:
                    fleet.kill_one()
            wait_until(lambda: self._sweep() and not any(map(is_open, bought)), seconds_max=200)
        assert faults(bought, cup, self.UNITS) == []

    def _sweep(self) -> bool:
        """What beat would have done."""
        tasks.sweep()
        return True
