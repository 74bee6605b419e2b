"""How the shop's pages say things."""

from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from cart.domain.orders import Order
from cart.domain.progress import Stage
from cart.web import texts

register = template.Library()


@register.simple_tag
def drawing(name: str) -> SafeString:
    """A product's drawing, as part of the page: so it takes the page's colours."""
    found: Any = get_template(f"shop/drawings/{name}.svg")
    return SafeString(found.render())


@register.filter
def status_text(order: Order) -> str:
    return texts.STATUSES[order.status]


@register.filter
def reason_text(order: Order) -> str:
    return texts.reason_text(order.reason)


@register.filter
def state_text(stage: Stage) -> str:
    return texts.STATES[stage.state]


@register.filter
def availability(available: int | None) -> str:
    return texts.availability_text(available)


@register.filter
def reference(order: Order) -> str:
    return texts.reference(order.purchase.checkout_id)
