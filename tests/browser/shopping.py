"""Customers of the shop at every stage: one with orders of all kinds and a full cart, one whose
payment is in doubt, and one who is new."""

import secrets
from contextlib import suppress
from dataclasses import dataclass

from cart import projections
from cart.choreography import redrive
from cart.demo_catalogue import products
from cart.domain.carts import AddLine, SetLine
from cart.domain.purchases import CheckoutId, CustomerId, Purchase
from cart.domain.saga import InDoubt
from cart.provider.sandbox import Method
from cart.queries import order_for
from cart.repository.carts import CART_REPOSITORY
from cart.repository.products import PRODUCT_REPOSITORY
from cart.services import carts, catalogue
from cart.tests.ledger import is_open
from identity.tests.people import Person, new_person
from kernel.clock import utc_now

GRINDER, PAN, POT = "hand-grinder", "cast-iron-pan", "moka-pot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shoppers:
    """`orders` of the regular, by how they ended."""

    regular: Person
    waiting: Person
    newcomer: Person
    orders: dict[str, CheckoutId]
    in_doubt: CheckoutId


def new_shoppers() -> Shoppers:
    catalogue.put_on_sale(products())
    regular, waiting = new_person("Alice"), new_person("Bob")
    orders = {
        "declined": _bought(regular, POT, 1, Method.DECLINE),
        "sold out": _bought(regular, GRINDER, 5_000),
        "confirmed": _bought(regular, POT, 2),
    }
    fill(regular, POT, 2)
    fill(regular, PAN, 1)
    in_doubt = _bought(waiting, PAN, 1, Method.NEVER)
    projections.rebuild()
    return Shoppers(
        regular=regular,
        waiting=waiting,
        newcomer=new_person("Charlie"),
        orders=orders,
        in_doubt=in_doubt,
    )


def fill(person: Person, product_id: str, quantity: int) -> None:
    """Puts so many more into the cart."""
    line = PRODUCT_REPOSITORY.find(product_id).line(quantity)
    carts.carry_out(CustomerId(person.customer_id), AddLine(line))


def _bought(
    person: Person, product_id: str, quantity: int, method: Method = Method.APPROVE
) -> CheckoutId:
    """A check-out of this alone, carried on as far as it goes; its cart is left empty."""
    customer = CustomerId(person.customer_id)
    fill(person, product_id, quantity)
    checkout_id = carts.check_out(customer, secrets.token_hex(8), method.value, lambda _cart: True)
    purchase = order_for(customer, checkout_id).purchase
    with suppress(InDoubt):
        while is_open(purchase):
            redrive(purchase)
        _empty(purchase)
    return checkout_id


def _empty(purchase: Purchase) -> None:
    """A check-out that was taken back has left the cart as it was."""
    for line in CART_REPOSITORY.find(purchase.customer_id, utc_now()).lines:
        none = PRODUCT_REPOSITORY.find(line.product_id).line(0)
        carts.carry_out(purchase.customer_id, SetLine(none, seen=line.quantity))
