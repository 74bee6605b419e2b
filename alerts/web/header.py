"""What every page's header says of alerts."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from alerts.queries import COUNTED_MAX, unread_count
from kernel.errors import Unavailable
from txhub.public import CustomerId


def unread_alerts(request: HttpRequest) -> dict[str, Any]:
    """`unread_alerts`: how many, as the header writes it; read only where a page shows it."""
    customer = getattr(request, "customer", None)
    if customer is None:
        return {"unread_alerts": ""}
    return {"unread_alerts": SimpleLazyObject(lambda: _text_for(customer.customer_id))}


def unread_text(count: int) -> str:
    """`7`, `99+`; empty for none."""
    if count >= COUNTED_MAX:
        return f"{COUNTED_MAX - 1}+"
    return str(count) if count else ""


def _text_for(customer_id: str) -> str:
    try:
        return unread_text(unread_count(CustomerId(customer_id)))
    except Unavailable:
        return ""  # the page itself may be shown all the same
