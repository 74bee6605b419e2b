"""The pure heart: statuses and their charts, payments' answers, the saga's definition."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cart.domain.carts import (
    LINES_MAX,
    AddLine,
    Cart,
    CartFull,
    Checkout,
    CheckoutInProgress,
    EmptyCart,
    QuantityConflict,
    SetLine,
)
from cart.domain.orders import Order, OrderStatus
from cart.domain.payments import Answer, Payment, PaymentStatus
from cart.domain.progress import State, stages
from cart.domain.purchases import BadQuantity, CheckoutId, CustomerId, ProductId
from cart.domain.records import CheckoutRecord
from cart.domain.stock import Reservation, ReservationStatus
from cart.services.checkout import CHECKOUT
from cart.tests.shop import NOW, line, purchase

CHARTS = Path(__file__).parents[2] / "docs/states"
CUP, POT = ProductId("cup"), ProductId("pot")


def a_cart(**facts: Any) -> Cart:
    return Cart(customer_id=CustomerId("alice"), **facts)


def a_payment(status: PaymentStatus) -> Payment:
    return Payment(
        purchase=purchase(line(CUP)), status=status, at=NOW, valid_until=NOW + timedelta(minutes=2)
    )


CHECKING = Checkout(checkout_id=CheckoutId("chk_1"), method="sandbox-approve", begun_at=NOW)


class TestStatuses:
    @pytest.mark.parametrize(
        ("kind", "chart"),
        [(Order, "order.md"), (Reservation, "reservation.md"), (Payment, "payment.md")],
    )
    def test_agree_with_their_charts(self, kind: type[CheckoutRecord[Any]], chart: str) -> None:
        arrows = {
            tuple(part.strip() for part in row.split("-->"))
            for row in (CHARTS / chart).read_text().splitlines()
            if "-->" in row and "[*]" not in row
        }
        assert arrows == {(str(old), str(new)) for old, moves in kind.NEXT.items() for new in moves}


class TestACart:
    def test_is_newer_after_every_change_even_at_the_same_time(self) -> None:
        first = a_cart().with_line(line(CUP), NOW)
        second = first.with_line(line(CUP, 2), NOW)
        assert second.version > first.version > 0

    def test_never_has_a_version_again_after_it_expired(self) -> None:
        old = a_cart().with_line(line(CUP), NOW)
        assert old.expires_at is not None
        assert a_cart().with_line(line(CUP), old.expires_at).version > old.version

    def test_keeps_its_lines_in_place(self) -> None:
        cart = a_cart().with_line(line(CUP), NOW).with_line(line(POT), NOW)
        changed = cart.with_line(line(CUP, 5), NOW)
        assert [each.product_id for each in changed.lines] == [CUP, POT]
        assert [each.product_id for each in cart.with_line(line(CUP, 0), NOW).lines] == [POT]

    def test_holds_a_bounded_number_of_products(self) -> None:
        lines = tuple(line(ProductId(f"p{n}")) for n in range(LINES_MAX))
        full = a_cart(version=1, lines=lines)
        with pytest.raises(CartFull):
            full.with_line(line(CUP), NOW)
        assert full.with_line(line(ProductId("p0"), 2), NOW).quantity_of(ProductId("p0")) == 2

    def test_is_fixed_while_it_is_checked_out(self) -> None:
        cart = a_cart().with_line(line(CUP), NOW).checking_out(CHECKING)
        with pytest.raises(CheckoutInProgress):
            cart.with_line(line(POT), NOW)
        with pytest.raises(CheckoutInProgress):
            cart.checking_out(CHECKING)
        assert cart.expires_at is None
        assert cart.committed(NOW).lines == ()
        assert cart.rolled_back(NOW).lines == cart.lines

    def test_is_not_checked_out_empty(self) -> None:
        with pytest.raises(EmptyCart):
            a_cart().checking_out(CHECKING)

    @pytest.mark.parametrize("quantity", [-1, 100_000])
    def test_refuses_what_is_no_quantity(self, quantity: int) -> None:
        with pytest.raises(BadQuantity):
            line(CUP, quantity)


class TestCommands:
    def test_that_add_commute(self) -> None:
        cart = a_cart().with_line(line(CUP), NOW)
        twice = AddLine(line(CUP, 2)).applied(AddLine(line(CUP, 3)).applied(cart, NOW), NOW)
        assert twice.quantity_of(CUP) == 6

    def test_that_set_different_products_commute(self) -> None:
        cart = a_cart().with_line(line(CUP), NOW).with_line(line(POT), NOW)
        one, other = SetLine(line(CUP, 4), seen=1), SetLine(line(POT, 0), seen=1)
        assert other.applied(one.applied(cart, NOW), NOW).quantity_of(CUP) == 4
        assert one.applied(other.applied(cart, NOW), NOW).quantity_of(POT) == 0

    def test_that_want_the_same_agree(self) -> None:
        cart = a_cart().with_line(line(CUP, 4), NOW)
        assert SetLine(line(CUP, 4), seen=1).applied(cart, NOW).quantity_of(CUP) == 4

    def test_that_truly_conflict_say_both_values(self) -> None:
        cart = a_cart().with_line(line(CUP, 3), NOW)
        with pytest.raises(QuantityConflict) as conflict:
            SetLine(line(CUP, 4), seen=1).applied(cart, NOW)
        assert (conflict.value.yours.quantity, conflict.value.theirs) == (4, 3)


IN_TIME, JUST_LATE, LATE = (NOW + timedelta(seconds=each) for each in (0, 140, 180))
STAYS = None


class TestAPaymentAfterAnAnswer:
    @pytest.mark.parametrize(
        ("status", "answer", "when", "becomes"),
        [
            ("authorising", "approved", IN_TIME, "authorised"),
            ("authorising", "approved", LATE, "authorised"),
            ("authorising", "declined", IN_TIME, "declined"),
            ("authorising", "pending", IN_TIME, STAYS),
            ("authorising", None, IN_TIME, STAYS),
            ("authorising", "pending", JUST_LATE, "voiding"),
            ("authorising", "pending", LATE, "voiding"),
            ("authorising", None, LATE, "voiding"),
            ("capturing", "captured", IN_TIME, "captured"),
            ("capturing", "voided", IN_TIME, "voided"),
            ("capturing", "approved", LATE, STAYS),
            ("capturing", None, LATE, STAYS),
            ("voiding", "voided", IN_TIME, "voided"),
            ("voiding", "unseen", IN_TIME, STAYS),
            ("voiding", "unseen", JUST_LATE, STAYS),
            ("voiding", "unseen", LATE, "voided"),
            ("voiding", "approved", LATE, STAYS),
            ("voiding", "held", IN_TIME, "parked"),
            ("declined", "approved", LATE, "voiding"),
            ("voided", "approved", LATE, "voiding"),
            ("authorised", "declined", LATE, STAYS),
            ("captured", "approved", LATE, STAYS),
        ],
    )
    def test_is_where_the_table_says(
        self, status: str, answer: str | None, when: Any, becomes: str | None
    ) -> None:
        before = a_payment(PaymentStatus(status))
        after = before.after(Answer(answer) if answer else None, when)
        if becomes is STAYS:
            assert after is before
        else:
            assert (after.status, after.version) == (becomes, before.version + 1)

    def test_is_one_of_the_moves_of_its_chart(self) -> None:
        for status in PaymentStatus:
            for answer in (None, *Answer):
                for when in (IN_TIME, LATE):
                    a_payment(status).after(answer, when)  # asserts it


class TestTheCheckout:
    def test_can_take_back_whatever_comes_before_its_pivot(self) -> None:
        pivot = next(place for place, step in enumerate(CHECKOUT.steps) if step.is_pivot)
        assert all(step.back for step in CHECKOUT.steps[:pivot])
        assert not any(step.back or step.refused for step in CHECKOUT.steps[pivot:])

    def test_goes_from_step_to_step(self) -> None:
        for step, following in pairwise(CHECKOUT.steps):
            for said in step.does.says:
                assert CHECKOUT.reactions[said] is following.does

    def test_goes_back_the_way_it_came(self) -> None:
        names = {
            f"{service} {status}": action.name
            for (service, status), action in CHECKOUT.reactions.items()
        }
        assert names["payments declined"] == names["payments voiding"] == "stock.release"
        assert names["stock released"] == names["stock refused"] == "orders.cancel"
        assert names["orders cancelled"] == "carts.roll_back"
        assert "carts free" not in names

    def test_round_trips_as_records_of_its_services(self) -> None:
        from cart.repository.orders import ORDER_REPOSITORY
        from cart.repository.payments import PAYMENT_REPOSITORY

        bought = replace(purchase(line(CUP, 2), line(POT)), method="sandbox-late")
        payment = replace(a_payment(PaymentStatus.VOIDING), purchase=bought, reason="x", version=3)
        assert PAYMENT_REPOSITORY.from_item(PAYMENT_REPOSITORY.to_item(payment)) == payment
        order = Order(purchase=bought, status=next(iter(Order.NEXT)), at=NOW)
        assert ORDER_REPOSITORY.from_item(ORDER_REPOSITORY.to_item(order)) == order


class TestProgress:
    def test_tells_what_is_done_under_way_and_to_come(self) -> None:
        payment = a_payment(PaymentStatus.AUTHORISING)
        order = Order(purchase=payment.purchase, status=OrderStatus.PENDING, at=NOW)
        reserved = ReservationStatus.RESERVED
        reservation = Reservation(purchase=payment.purchase, status=reserved, at=NOW)
        told = stages(order, reservation, payment)
        done, doing, ahead = State.DONE, State.DOING, State.AHEAD
        assert [stage.state for stage in told] == [done, done, doing, ahead, ahead]
        minute = timedelta(minutes=1)
        waited = [stage.has_waited(NOW + minute) for stage in told]
        assert waited == [timedelta(0), timedelta(0), minute, timedelta(0), timedelta(0)]

    def test_of_a_cancelled_order_has_nothing_to_come(self) -> None:
        refused = ReservationStatus.REFUSED
        bought = purchase(line(CUP))
        order = Order(purchase=bought, status=OrderStatus.CANCELLED, at=NOW)
        told = stages(order, Reservation(purchase=bought, status=refused, at=NOW), None)
        never = State.NEVER
        expected = [State.DONE, State.REFUSED, never, never, State.TAKEN_BACK]
        assert [stage.state for stage in told] == expected
        assert told[-1].name == "Order cancelled"
