"""How far a check-out is, as its customer is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a check-out. `at`: when it came to its state, where that is known."""

    name: str
    state: State
    at: datetime | None = None


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
_CONFIRMED = {OrderStatus.CONFIRMED: State.DONE, OrderStatus.CANCELLED: State.REFUSED}


def stages(
    order: Order, reservation: Reservation | None, payment: Payment | None
) -> tuple[Stage, ...]:
    """The stages of an order's check-out, in the order in which they come."""
    return (
        Stage("Order received", State.DONE, order.purchase.begun_at),
        _stage("Goods reserved", reservation, _RESERVED),
        _stage("Payment approved", payment, _AUTHORISED),
        _stage("Payment taken", payment, _CAPTURED),
        _stage("Order confirmed", order, _CONFIRMED),
    )


def _stage(name: str, record: CheckoutRecord[Any] | None, states: Mapping[Any, State]) -> Stage:
    """The last of the record's moments that says something about this stage."""
    for status, at in reversed(record.moments if record else ()):
        if status in states:
            return Stage(name, states[status], at)
    return Stage(name, State.AHEAD)
