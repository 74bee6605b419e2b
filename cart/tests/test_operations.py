"""What operators see of check-outs that do not end, and what they can do about them."""

from contextlib import suppress
from datetime import timedelta

import pytest

from cart import operations, trail
from cart.approvals import close_checkout
from cart.choreography import redrive
from cart.domain.carts import AddLine, Checkout
from cart.domain.orders import OrderStatus
from cart.domain.purchases import CheckoutId, ProductId, Purchase
from cart.domain.saga import InDoubt, OutOfOrder
from cart.provider.sandbox import Method
from cart.queries import OrderMissing
from cart.repository.carts import CART_REPOSITORY
from cart.repository.orders import ORDER_REPOSITORY
from cart.services import carts
from cart.services.checkout import AUTHORISE_PAYMENT
from cart.tests.ledger import available, is_open
from cart.tests.shop import about, line, new_customer, new_product
from kernel.clock import utc_now
from kernel.ids import random_id

pytestmark = pytest.mark.usefixtures("memory")


def begun(cup: ProductId, method: Method, *, ago: timedelta = timedelta(0)) -> Purchase:
    """A check-out of two that began so long ago, and whose news nobody has heard."""
    customer = new_customer()
    cart = carts.carry_out(customer, AddLine(line(cup, 2)))
    checkout = Checkout(
        checkout_id=CheckoutId(random_id("chk")), method=method.value, begun_at=utc_now() - ago
    )
    carts.begin(cart, checkout)
    purchase = CART_REPOSITORY.find(customer, utc_now()).purchase
    assert purchase is not None
    return purchase


def carried_on(purchase: Purchase) -> Purchase:
    """As far as it goes."""
    with suppress(InDoubt):
        while is_open(purchase):
            redrive(purchase)
    return purchase


class TestTheList:
    def test_has_stuck_ones_on_top(self) -> None:
        cup = new_product(9)
        young = begun(cup, Method.APPROVE)
        old = begun(cup, Method.APPROVE, ago=timedelta(minutes=5))
        carried_on(begun(cup, Method.APPROVE))
        shown = operations.open_checkouts()
        ids = [each.purchase.checkout_id for each in shown]
        assert ids == [old.checkout_id, young.checkout_id]
        assert [each.is_stuck for each in shown] == [True, False]

    def test_finds_one_before_its_order_is_there(self) -> None:
        purchase = begun(new_product(9), Method.APPROVE)
        assert operations.checkout(purchase.checkout_id) == purchase
        with pytest.raises(OrderMissing):
            operations.checkout("chk_none")


class TestTheTimeLine:
    def test_tells_steps_failures_and_compensations_in_their_order(self) -> None:
        purchase = carried_on(begun(new_product(9), Method.NEVER))
        trail.note_failure(AUTHORISE_PAYMENT, about(purchase), InDoubt())
        operations.take_back(purchase)
        told = operations.time_line(purchase)
        assert [each.at for each in told] == sorted(each.at for each in told)
        by_hand = f"({operations.BY_HAND})"
        assert {(each.who, each.what) for each in told} >= {
            ("carts", "checking out"),
            ("orders", "pending"),
            ("stock", "reserved"),
            ("payments", "authorising"),
            ("payments.authorise", "in_doubt"),
            ("payments", f"voided {by_hand}"),
            ("stock", f"released {by_hand}"),
            ("orders", f"cancelled {by_hand}"),
        }
        assert [each.what for each in told if each.is_failure] == ["in_doubt"]


class TestAnOperator:
    def test_tries_again(self) -> None:
        purchase = begun(new_product(9), Method.APPROVE)
        while is_open(purchase):
            operations.retry(purchase)
        order = ORDER_REPOSITORY.find(purchase.checkout_id)
        assert order is not None
        assert order.status is OrderStatus.CONFIRMED

    def test_takes_back_what_is_in_doubt(self) -> None:
        cup = new_product(9)
        purchase = carried_on(begun(cup, Method.NEVER))
        assert available(cup) == 7
        operations.take_back(purchase)
        assert (is_open(purchase), available(cup)) == (False, 9)

    def test_takes_nothing_back_that_is_paid(self) -> None:
        cup = new_product(9)
        purchase = carried_on(begun(cup, Method.APPROVE))
        with pytest.raises(OutOfOrder):
            operations.take_back(purchase)
        assert available(cup) == 7

    def test_closes_with_a_second_person(self) -> None:
        purchase = carried_on(begun(new_product(9), Method.HOLD))
        close_checkout(None, {"checkout": purchase.checkout_id})  # type: ignore[arg-type]
        assert not is_open(purchase)
        assert CART_REPOSITORY.find(purchase.customer_id, utc_now()).lines == purchase.lines
