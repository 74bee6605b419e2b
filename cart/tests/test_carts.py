"""The cart under optimistic concurrency control."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from secrets import token_hex
from typing import Any

import pytest

from aws.tests.memory import MemoryEngine
from cart.domain.carts import (
    KEPT,
    AddLine,
    Cart,
    Checkout,
    CheckoutInProgress,
    EmptyCart,
    QuantityConflict,
    SetLine,
)
from cart.domain.purchases import CheckoutId, CustomerId, Purchase
from cart.repository.carts import CART_REPOSITORY, cart_from_item, cart_to_item
from cart.services import carts
from cart.services.carts import StaleCart
from cart.tests.shop import NOW, about, line, new_customer, new_product, now
from kernel.errors import Conflict

CUP, POT = new_product(), new_product()


def anything(_cart: Cart) -> bool:
    return True


def a_cart(*, customer: CustomerId | None = None) -> Cart:
    return carts.carry_out(customer or new_customer(), AddLine(line(CUP, 2)), clock=now)


def found(customer: CustomerId) -> Cart:
    return CART_REPOSITORY.find(customer, NOW)


def begun(cart: Cart, checkout_id: str = "chk_1") -> Purchase:
    checkout = Checkout(checkout_id=CheckoutId(checkout_id), method="sandbox-approve", begun_at=NOW)
    carts.begin(cart, checkout, clock=now)
    purchase = found(cart.customer_id).purchase
    assert purchase is not None
    return purchase


@pytest.mark.usefixtures("memory")
class TestTheFourUpdates:
    """Each fails where the cart was changed since, and where it is in the other state."""

    def test_change_only_what_was_read_and_is_free(self) -> None:
        read = a_cart()
        changed = read.with_line(line(POT), NOW)
        CART_REPOSITORY.change_lines(read, changed)
        assert found(read.customer_id) == changed
        with pytest.raises(Conflict):
            CART_REPOSITORY.change_lines(read, read.with_line(line(POT, 5), NOW))
        begun(changed)
        checking_out = found(read.customer_id)
        with pytest.raises(Conflict):  # the version is right, the state is not
            CART_REPOSITORY.change_lines(checking_out, changed)

    def test_begin_only_once(self) -> None:
        read = a_cart()
        begun(read)
        with pytest.raises(StaleCart):
            begun(read, "chk_2")
        with pytest.raises(CheckoutInProgress):
            begun(found(read.customer_id), "chk_2")

    def test_commit_and_roll_back_only_what_is_being_checked_out(self) -> None:
        read = a_cart()
        for write in (CART_REPOSITORY.commit, CART_REPOSITORY.roll_back):
            with pytest.raises(Conflict):
                write(read, read.committed(NOW))

    def test_commit_empties_the_cart(self) -> None:
        bought = begun(a_cart())
        carts.commit(about(bought), now)
        after = found(bought.customer_id)
        assert (after.lines, after.checkout) == ((), None)

    def test_roll_back_leaves_it_as_it_was(self) -> None:
        read = a_cart()
        carts.roll_back(about(begun(read)), now)
        after = found(read.customer_id)
        assert (after.lines, after.checkout) == (read.lines, None)

    def test_end_one_checkout_and_not_the_next(self) -> None:
        read = a_cart()
        first = begun(read)
        carts.roll_back(about(first), now)
        begun(found(read.customer_id), "chk_2")
        carts.commit(about(first), now)  # delivered late
        after = found(read.customer_id)
        assert after.checkout is not None
        assert after.checkout.checkout_id == "chk_2"

    def test_are_not_lost_to_themselves_when_their_answer_is(self, memory: MemoryEngine) -> None:
        """The client sends an update again whose answer was lost; then it fails its condition."""
        send = memory.send

        def twice(operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
            send(operation, parameters)
            return send(operation, parameters)

        memory.send = twice  # type: ignore[method-assign]
        customer = new_customer()
        for _time in range(2):
            carts.carry_out(customer, AddLine(line(CUP, 2)), clock=now)
        assert found(customer).quantity_of(CUP) == 4

    def test_round_trip(self) -> None:
        cart = a_cart()
        for each in (
            cart,
            cart.checking_out(Checkout(checkout_id=CheckoutId("chk_1"), method="x", begun_at=NOW)),
        ):
            assert cart_from_item(cart_to_item(each), NOW) == each


@pytest.mark.usefixtures("memory")
class TestAWriteOfTheApi:
    def test_is_refused_with_the_cart_as_it_stands(self) -> None:
        read = a_cart()
        carts.put_line(read.customer_id, line(POT), lambda cart: cart == read, clock=now)
        with pytest.raises(StaleCart) as stale:
            carts.put_line(read.customer_id, line(POT, 3), lambda cart: cart == read, clock=now)
        assert stale.value.stored == found(read.customer_id)

    def test_takes_a_product_out(self) -> None:
        read = a_cart()
        after = carts.put_line(read.customer_id, line(CUP, 0), anything, clock=now)
        assert after.lines == found(read.customer_id).lines == ()


class TestCommandsOfPages:
    def test_from_sixteen_tabs_all_count(self) -> None:
        customer = new_customer()
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda _n: carts.carry_out(customer, AddLine(line(CUP))), range(32)))
        assert CART_REPOSITORY.find(customer, NOW).quantity_of(CUP) == 32

    @pytest.mark.usefixtures("memory")
    def test_that_truly_conflict_are_for_the_person_to_decide(self) -> None:
        read = a_cart()
        carts.carry_out(read.customer_id, SetLine(line(CUP, 5), seen=2), clock=now)
        with pytest.raises(QuantityConflict) as conflict:
            carts.carry_out(read.customer_id, SetLine(line(CUP, 3), seen=2), clock=now)
        assert (conflict.value.theirs, conflict.value.yours.quantity) == (5, 3)


@pytest.mark.usefixtures("memory")
class TestAnAbandonedCart:
    def test_is_empty_from_the_moment_it_expires(self) -> None:
        cart = a_cart()
        late = NOW + KEPT + timedelta(seconds=1)
        assert CART_REPOSITORY.find(cart.customer_id, NOW + KEPT).lines == cart.lines
        assert CART_REPOSITORY.find(cart.customer_id, late).lines == ()
        # TTL has not deleted it yet, and whoever comes back fills it anew.
        again = carts.carry_out(cart.customer_id, AddLine(line(POT)), clock=lambda: late)
        assert [each.product_id for each in again.lines] == [POT]

    def test_does_not_expire_while_it_is_checked_out(self) -> None:
        cart = a_cart()
        begun(cart)
        later = CART_REPOSITORY.find(cart.customer_id, NOW + 2 * KEPT)
        assert later.lines == cart.lines

    def test_that_was_deleted_meanwhile_is_a_conflict(self, memory: MemoryEngine) -> None:
        read = a_cart()
        CART_REPOSITORY.delete(read.customer_id)
        with pytest.raises(Conflict):
            CART_REPOSITORY.change_lines(read, read.with_line(line(POT), NOW))
        assert CART_REPOSITORY.get(read.customer_id) is None


class TestACheckout:
    """On the engine, since the idempotency key needs the vault."""

    def test_is_the_same_for_the_same_key(self) -> None:
        cart = carts.carry_out(new_customer(), AddLine(line(CUP)))
        key = token_hex(8)

        def check_out(method: str = "sandbox-approve") -> CheckoutId:
            return carts.check_out(
                cart.customer_id, key, method, lambda each: each.version == cart.version
            )

        first = check_out()
        assert check_out() == first  # though the cart is no more as it was seen
        stored = CART_REPOSITORY.find(cart.customer_id, NOW).checkout
        assert stored is not None
        assert stored.checkout_id == first

    def test_that_failed_can_be_tried_again_under_its_key(self) -> None:
        customer, key = new_customer(), token_hex(8)
        with pytest.raises(EmptyCart):
            carts.check_out(customer, key, "sandbox-approve", anything)
        cart = carts.carry_out(customer, AddLine(line(CUP)))
        with pytest.raises(StaleCart):
            carts.check_out(customer, key, "sandbox-approve", lambda _cart: False)
        assert carts.check_out(customer, key, "sandbox-approve", lambda each: each == cart)

    def test_is_begun_by_one_of_sixteen(self) -> None:
        cart = carts.carry_out(new_customer(), AddLine(line(CUP)))

        def check_out(key: int) -> bool:
            try:
                carts.check_out(cart.customer_id, str(key), "sandbox-approve", anything)
            except (StaleCart, CheckoutInProgress):
                return False
            return True

        with ThreadPoolExecutor(16) as pool:
            assert sum(pool.map(check_out, range(16))) == 1
