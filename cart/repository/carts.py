"""The `carts` table. A cart's four updates, each IF the cart is as it was read:

add or remove   IF version = read AND not checking out
begin           SET checkout IF version = read AND not checking out
commit          SET items = {}, checkout off IF version = read AND checking out
roll back       SET checkout off IF version = read AND checking out
"""

import secrets
from collections.abc import Iterator
from datetime import datetime

from aws.dynamodb import Attr, Change, ConditionBase, Item, Repository, Update
from cart.domain.carts import Cart, Checkout
from cart.domain.purchases import CheckoutId, CustomerId
from cart.domain.saga import Event, Service
from cart.repository.open_lists import listed, until
from cart.repository.records import lines_from_item, lines_to_item
from cart.resources import CARTS
from kernel.clock import epoch_s
from kernel.errors import Conflict

CHECKING_OUT = "checking out"  # what a cart's event says; a free cart has nothing to say
_OPEN, _SINCE = "open", "t"

_checking_out = Attr("k").exists()
_not_checking_out = Attr("k").not_exists()


class CartRepository(Repository):
    """`v` version, `i` the update that made it, `l` lines, `e` when it expires (epoch seconds).
    While it is checked out instead of `e`: `k` the check-out, `m` its method, `t` since when, and
    `o`, which lists it as open.
    """

    table = CARTS

    def find(self, customer_id: CustomerId, now: datetime) -> Cart:
        """An empty one where there is none. TTL deletes days late, so we decide what is expired."""
        item = self.get(customer_id, consistent=True)
        return cart_from_item(item, now) if item else Cart(customer_id=customer_id)

    def change_lines(self, read: Cart, changed: Cart) -> None:
        """Raises `Conflict`, as the next two do."""
        self._write(_updating(self, read, changed, _not_checking_out))

    def commit(self, read: Cart, committed: Cart) -> None:
        self._write(_updating(self, read, committed, _checking_out))

    def roll_back(self, read: Cart, rolled_back: Cart) -> None:
        self._write(_updating(self, read, rolled_back, _checking_out))

    def begin(self, read: Cart, begun: Cart) -> Change:
        """For `transact`, together with the answer that is kept under the request's key."""
        return _updating(self, read, begun, _not_checking_out)

    def open_until(self, moment: datetime) -> Iterator[CustomerId]:
        """Whose check-outs have been under way since then or longer."""
        for item in until(self, _OPEN, _SINCE, moment):
            yield CustomerId(item["pk"])

    def _write(self, change: Change) -> None:
        try:
            self.update(change.pk, None, change.update, condition=change.condition)
        except Conflict as lost:
            if lost.stored is None or lost.stored["i"] != change.update.set["i"]:
                raise
            # Our own update, sent twice because its first answer was lost.


def _updating(repository: CartRepository, read: Cart, after: Cart, state: ConditionBase) -> Change:
    never_stored = Attr("pk").not_exists()
    unchanged = Attr("v").eq(read.version) if read.version else never_stored
    item = cart_to_item(after) | {"i": secrets.token_bytes(6)}
    customer_id = item.pop("pk")
    gone = tuple(name for name in ("e", "k", "m", "o", _SINCE) if name not in item)
    return Change(repository, customer_id, None, Update(set=item, remove=gone), unchanged & state)


def cart_to_item(cart: Cart) -> Item:
    item: Item = {"pk": cart.customer_id, "v": cart.version, "l": lines_to_item(cart.lines)}
    if cart.checkout is None:
        assert cart.expires_at is not None
        return item | {"e": epoch_s(cart.expires_at)}
    checkout = cart.checkout
    open_list = listed(checkout.checkout_id, checkout.begun_at, _SINCE)
    return item | {"k": checkout.checkout_id, "m": checkout.method} | open_list


def cart_from_item(item: Item, now: datetime) -> Cart:
    is_expired = item.get("e", epoch_s(now)) < epoch_s(now)
    return Cart(
        customer_id=CustomerId(item["pk"]),
        version=item["v"],
        lines=() if is_expired else lines_from_item(item["l"]),
        checkout=_checkout(item) if "k" in item else None,
    )


def event_from_cart_item(item: Item) -> Event | None:
    """What the carts' stream says of a check-out; None of a cart that is free."""
    if "k" not in item:
        return None
    purchase = cart_from_item(item, _checkout(item).begun_at).purchase
    assert purchase is not None
    return Event(service=Service.CARTS, status=CHECKING_OUT, purchase=purchase)


def _checkout(item: Item) -> Checkout:
    return Checkout(
        checkout_id=CheckoutId(item["k"]),
        method=item["m"],
        begun_at=datetime.fromisoformat(item[_SINCE]),
    )


CART_REPOSITORY = CartRepository()
