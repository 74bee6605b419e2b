"""What the shop's pages say in words."""

from cart.domain.orders import OrderStatus
from cart.domain.progress import State

STATUSES = {
    OrderStatus.PENDING: "Being processed",
    OrderStatus.CONFIRMED: "Confirmed",
    OrderStatus.CANCELLED: "Cancelled",
}
STATES = {
    State.AHEAD: "to come",
    State.DOING: "under way",
    State.DONE: "done",
    State.REFUSED: "refused",
    State.TAKEN_BACK: "taken back",
    State.NEVER: "not reached",
}
_REASONS = {
    "out_of_stock": "Something in it had just sold out. Nothing was charged.",
    "payment_refused": "The payment was refused. Nothing was charged.",
    "payment_unanswered": "The payment provider did not answer in time. Nothing was charged.",
}
_OTHER_REASON = "It could not be completed. Nothing was charged."
# Above this nobody counts.
PLENTY = 20


def reason_text(reason: str) -> str:
    """Why an order was cancelled."""
    return _REASONS.get(reason, _OTHER_REASON)


def availability_text(available: int | None) -> str:
    """What is said about a product's stock."""
    if not available:
        return "Sold out"
    return f"Only {available} left" if available <= PLENTY else "In stock"


def reference(order_id: str) -> str:
    """What people call an order by: the end of its id."""
    return order_id[-6:].upper()
