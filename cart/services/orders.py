"""Orders' part of a check-out. Its rollback is `cancel`."""

from aws.metrics import use_case
from cart.domain.orders import Order, OrderStatus
from cart.domain.saga import Event, Outcome, OutOfOrder
from cart.repository.orders import ORDER_REPOSITORY
from kernel.clock import Clock


@use_case("orders.create")
def create(event: Event, clock: Clock) -> Outcome:
    """An order that waits for stock and payment. Refused where it was cancelled before it came."""
    order = Order(purchase=event.purchase, status=OrderStatus.PENDING, at=clock())
    standing = ORDER_REPOSITORY.add(order)
    return Outcome.REFUSED if standing.status is OrderStatus.CANCELLED else Outcome.DONE


@use_case("orders.confirm")
def confirm(event: Event, clock: Clock) -> Outcome:
    """It is paid for. Raises `OutOfOrder` for one that is cancelled, or that never was."""
    order = ORDER_REPOSITORY.find(event.purchase.checkout_id)
    if order is None:
        raise OutOfOrder
    return _moved(order, OrderStatus.CONFIRMED, event, clock)


@use_case("orders.cancel")
def cancel(event: Event, clock: Clock) -> Outcome:
    """It was not to be; an order that has not come yet will be refused. Raises `OutOfOrder` for one
    that is confirmed."""
    cancelled, now = OrderStatus.CANCELLED, clock()
    never = Order(purchase=event.purchase, status=cancelled, at=now, reason=event.reason)
    order = ORDER_REPOSITORY.find(event.purchase.checkout_id) or ORDER_REPOSITORY.add(never)
    return _moved(order, cancelled, event, clock)


def _moved(order: Order, to: OrderStatus, event: Event, clock: Clock) -> Outcome:
    while order.can_move(to):
        order = ORDER_REPOSITORY.replace(order, order.moved(to, clock(), reason=event.reason))
    if order.status is not to:
        raise OutOfOrder
    return Outcome.DONE
