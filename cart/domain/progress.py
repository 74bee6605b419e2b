"""How far a check-out is, as its customer is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from cart.domain.orders import Order, OrderStatus
from cart.domain.payments import Payment, PaymentStatus
from cart.domain.records import CheckoutRecord
from cart.domain.stock import Reservation, ReservationStatus


class State(StrEnum):
    """Where a stage stands."""

    AHEAD = "ahead"
    DOING = "doing"
    DONE = "done"
    REFUSED = "refused"
    TAKEN_BACK = "taken back"
    NEVER = "never"  # the order was cancelled before it came to this


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a check-out. `at`: when it came to its state, where that is known."""

    name: str
    state: State
    at: datetime | None = None

    def has_waited(self, now: datetime) -> timedelta:
        """For how long somebody's answer has been waited for."""
        return now - self.at if self.state is State.DOING and self.at else timedelta(0)


_RESERVED = {
    ReservationStatus.RESERVED: State.DONE,
    ReservationStatus.SOLD: State.DONE,
    ReservationStatus.REFUSED: State.REFUSED,
    ReservationStatus.RELEASED: State.TAKEN_BACK,
}
_AUTHORISED = {
    PaymentStatus.AUTHORISING: State.DOING,
    PaymentStatus.AUTHORISED: State.DONE,
    PaymentStatus.DECLINED: State.REFUSED,
    PaymentStatus.VOIDING: State.TAKEN_BACK,
    PaymentStatus.VOIDED: State.TAKEN_BACK,
    PaymentStatus.PARKED: State.TAKEN_BACK,
}
_CAPTURED = {PaymentStatus.CAPTURING: State.DOING, PaymentStatus.CAPTURED: State.DONE}
_CONFIRMED = {OrderStatus.CONFIRMED: State.DONE, OrderStatus.CANCELLED: State.TAKEN_BACK}


def stages(
    order: Order, reservation: Reservation | None, payment: Payment | None
) -> tuple[Stage, ...]:
    """The stages of an order's check-out, in the order in which they come."""
    is_cancelled = order.status is OrderStatus.CANCELLED
    untold = State.NEVER if is_cancelled else State.AHEAD
    return (
        Stage("Order received", State.DONE, order.purchase.begun_at),
        _stage("Goods reserved", reservation, _RESERVED, untold),
        _stage("Payment approved", payment, _AUTHORISED, untold),
        _stage("Payment taken", payment, _CAPTURED, untold),
        _stage("Order cancelled" if is_cancelled else "Order confirmed", order, _CONFIRMED, untold),
    )


def _stage(
    name: str, record: CheckoutRecord[Any] | None, states: Mapping[Any, State], untold: State
) -> Stage:
    """The last of the record's moments that says something about this stage; else `untold`."""
    for status, at in reversed(record.moments if record else ()):
        if status in states:
            return Stage(name, states[status], at)
    return Stage(name, untold)
