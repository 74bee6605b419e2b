"""An order: what a customer bought, or tried to. docs/states/order.md draws the moves."""

from dataclasses import dataclass
from enum import StrEnum

from cart.domain.records import CheckoutRecord


class OrderStatus(StrEnum):
    """Where an order stands."""

    PENDING = "pending"  # its check-out is under way
    CONFIRMED = "confirmed"  # paid
    CANCELLED = "cancelled"  # not bought; `reason` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(CheckoutRecord[OrderStatus]):
    NEXT = {
        OrderStatus.PENDING: frozenset({OrderStatus.CONFIRMED, OrderStatus.CANCELLED}),
        OrderStatus.CONFIRMED: frozenset(),
        OrderStatus.CANCELLED: frozenset(),
    }
