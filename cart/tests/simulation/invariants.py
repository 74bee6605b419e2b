"""What must hold after every history, whatever happened in it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from aws.dynamodb.attributes import decode_item
from cart.domain.carts import Cart
from cart.domain.orders import Order, OrderStatus
from cart.domain.payments import Answer, Payment, PaymentStatus
from cart.domain.purchases import ProductId
from cart.domain.stock import Reservation, ReservationStatus
from cart.provider.sandbox import Entry, entry_from_item
from cart.repository.carts import cart_from_item
from cart.repository.orders import ORDER_REPOSITORY
from cart.repository.payments import PAYMENT_REPOSITORY
from cart.repository.records import CheckoutRecords
from cart.repository.stock import STOCK_REPOSITORY
from cart.resources import CARTS, SANDBOX
from cart.tests.simulation.world import World

_RELEASED = {ReservationStatus.REFUSED, ReservationStatus.RELEASED, None}
_NOT_PAID = {PaymentStatus.DECLINED, PaymentStatus.VOIDED, PaymentStatus.PARKED, None}


def violations(world: World) -> list[str]:
    return [
        *_of_moves(world),
        *_of_carts(world),
        *_of_stock(world),
        *_of_checkouts(world),
    ]


def _of_moves(world: World) -> Iterator[str]:
    """Every write of a record was one of its moves."""
    records: dict[str, CheckoutRecords[Any]] = {
        each.table.name: each for each in (ORDER_REPOSITORY, STOCK_REPOSITORY, PAYMENT_REPOSITORY)
    }
    for written in world.engine.written:
        repository = records.get(written.table.name)
        if repository and written.old and written.new and "s" in written.new:
            old = repository.from_item(decode_item(written.old))
            new = repository.from_item(decode_item(written.new))
            if new.status is not old.status and not old.can_move(new.status):
                yield f"{written.table.name} went from {old.status} to {new.status}"
            if new.version != old.version + 1:
                yield f"{written.table.name} went from version {old.version} to {new.version}"


def _of_carts(world: World) -> Iterator[str]:
    """Every write was one of the four, and in the end no cart is stuck."""
    for written in world.engine.written:
        if written.table is CARTS and written.new:
            old = _cart(written.old, world) if written.old else Cart(customer_id=world.customers[0])
            new = _cart(written.new, world)
            changes = not old.checkout and not new.checkout
            begins = not old.checkout and new.checkout and new.lines == old.lines
            ends = old.checkout and not new.checkout and new.lines in ((), old.lines)
            if not (changes or begins or ends):
                yield f"a cart went from {old} to {new}"
            if new.version <= old.version:
                yield f"a cart went from version {old.version} to {new.version}"
    for item in world.engine.items(CARTS):
        if "k" in item:
            yield f"the cart of {item['pk']['S']} is stuck"


def _of_stock(world: World) -> Iterator[str]:
    """Available, reserved and sold is what there was at the beginning; no shard is below zero."""
    shards = STOCK_REPOSITORY.available(STOCK_REPOSITORY.shards_of(world.initial))
    held: Counter[ProductId] = Counter()
    for reservation in _all(world, STOCK_REPOSITORY):
        if reservation.status in {ReservationStatus.RESERVED, ReservationStatus.SOLD}:
            held.update({take.product_id: take.quantity for take in reservation.takes})
    for product_id, units in world.initial.items():
        available = sum(shards[product_id])
        if available + held[product_id] != units or min(shards[product_id]) < 0:
            yield f"{units} units became {available} available, {held[product_id]} reserved or sold"


def _of_checkouts(world: World) -> Iterator[str]:
    """Each ended one way or the other, in all services; money is taken exactly for the first."""
    stock = {each.purchase.checkout_id: each for each in _all(world, STOCK_REPOSITORY)}
    payments = {each.purchase.checkout_id: each for each in _all(world, PAYMENT_REPOSITORY)}
    orders = {each.purchase.checkout_id: each for each in _all(world, ORDER_REPOSITORY)}
    books = {each.key: each for each in _books(world)}
    for checkout_id in sorted({*orders, *stock, *payments, *books}):
        found = (
            orders.get(checkout_id),
            stock.get(checkout_id),
            payments.get(checkout_id),
            books.get(checkout_id),
        )
        if not (_is_bought(*found) or _is_not_bought(*found)):
            statuses = [str(getattr(each, "status", each)) for each in found]
            yield f"a check-out ended as {statuses}"


def _is_bought(
    order: Order | None,
    reservation: Reservation | None,
    payment: Payment | None,
    entry: Entry | None,
) -> bool:
    return (
        order is not None
        and order.status is OrderStatus.CONFIRMED
        and reservation is not None
        and reservation.status is ReservationStatus.SOLD
        and payment is not None
        and payment.status is PaymentStatus.CAPTURED
        and entry is not None
        and (entry.state, entry.amount) == (Answer.CAPTURED, order.purchase.total)
    )


def _is_not_bought(
    order: Order | None,
    reservation: Reservation | None,
    payment: Payment | None,
    entry: Entry | None,
) -> bool:
    is_parked = payment is not None and payment.status is PaymentStatus.PARKED
    held = {Answer.APPROVED, Answer.CAPTURED, Answer.PENDING, Answer.HELD}
    return (
        order is not None
        and order.status is OrderStatus.CANCELLED
        and (reservation.status if reservation else None) in _RELEASED
        and (payment.status if payment else None) in _NOT_PAID
        and (entry is None or entry.state not in held or is_parked)
    )


def _all(world: World, repository: CheckoutRecords[Any]) -> list[Any]:
    items = map(decode_item, world.engine.items(repository.table))
    return [repository.from_item(item) for item in items if "s" in item]


def _books(world: World) -> list[Entry]:
    return [entry_from_item(decode_item(item)) for item in world.engine.items(SANDBOX)]


def _cart(item: Any, world: World) -> Cart:
    return cart_from_item(decode_item(item), world.now)
