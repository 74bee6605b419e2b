"""How products, carts and orders look in JSON. Absent facts are null."""

from collections.abc import Sequence
from typing import Any

from cart.conf import conf
from cart.domain.carts import Cart
from cart.domain.orders import Order
from cart.domain.purchases import Line, total_of
from cart.queries import Offer
from kernel.money import Money

Json = dict[str, Any]


def offer_json(offer: Offer) -> Json:
    """The product resource."""
    product = offer.product
    return {
        "id": product.product_id,
        "name": product.name,
        "description": product.description,
        "category": product.category,
        "price": _money(product.price),
        "available": offer.available,
    }


def cart_json(cart: Cart) -> Json:
    """The cart resource."""
    checkout = cart.checkout
    return {
        "id": cart.customer_id,
        "version": cart.version,
        "items": _items(cart.lines),
        "total": _money(total_of(cart.lines) if cart.lines else Money(0, conf().currency)),
        "checkout": checkout and {"id": checkout.checkout_id, "begun_at": checkout.begun_at},
    }


def order_json(order: Order) -> Json:
    """The order resource."""
    purchase = order.purchase
    return {
        "id": purchase.checkout_id,
        "status": order.status,
        "items": _items(purchase.lines),
        "total": _money(purchase.total),
        "placed_at": purchase.begun_at,
        "updated_at": order.at,
        "reason": order.reason or None,
    }


def _items(lines: Sequence[Line]) -> list[Json]:
    return [
        {
            "product_id": line.product_id,
            "name": line.name,
            "quantity": line.quantity,
            "unit_price": _money(line.unit_price),
        }
        for line in lines
    ]


def _money(amount: Money) -> Json:
    return {"minor": amount.minor, "currency": amount.currency}
