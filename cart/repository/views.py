"""The `shop-views` table: what pages ask for, in the form in which they ask.

pk              sk                          what
C#<customer>    <begun>#chk_…               an order in its customer's list
K#chk_…         <at>#<action>               an attempt at an action that failed
A#<product>     -                           of each shard k how many are available (`a<k>`), and
                                            in which version (`n<k>`)

It is kept up from the streams (cart/projections.py) and can be rebuilt from the services' tables at
any time. Times in sort keys are milliseconds since 1970, in 13 digits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aws.dynamodb import Attr, Item, Repository, Update
from cart.domain.orders import Order, OrderStatus
from cart.domain.purchases import CheckoutId, CustomerId, ProductId
from cart.repository.records import from_ms, record_from_item, record_to_item, to_ms
from cart.repository.stock import StockShard
from cart.resources import VIEWS
from kernel.errors import Conflict

_ALL_SHARDS = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAttempt:
    """An action of a check-out that will be tried again, or was given up; `code` is its error's."""

    checkout_id: CheckoutId
    action: str
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """Newest first; `last` is where the next page starts, None where there is none."""

    orders: tuple[Order, ...]
    last: str | None


class ViewRepository(Repository):
    """Writes may come again and in any order: each says no more than its item's newest state."""

    table = VIEWS

    def show_order(self, order: Order) -> None:
        """Unless a later version of it is shown already."""
        item = order_row_to_item(order)
        never_shown = Attr("pk").not_exists()
        is_newer = Attr("n").lt(order.version)
        try:
            self.put(item, condition=never_shown | is_newer)
        except Conflict:
            return

    def orders_of(self, customer_id: CustomerId, *, after: str | None, limit: int) -> OrdersPage:
        pk = f"C#{customer_id}"
        start = {"pk": pk, "sk": after} if after else None
        page = self.query(pk, descending=True, limit=limit, after=start)
        orders = tuple(map(order_row_from_item, page.items))
        return OrdersPage(orders, page.last_key["sk"] if page.last_key else None)

    def note_failure(self, attempt: FailedAttempt) -> None:
        self.put(failed_attempt_to_item(attempt))

    def failures(self, checkout_id: CheckoutId) -> list[FailedAttempt]:
        """Oldest first."""
        return list(map(failed_attempt_from_item, self.query_all(f"K#{checkout_id}")))

    def show_shard(self, shard: StockShard) -> None:
        """Unless a later version of it is shown already."""
        units, version = f"a{shard.shard}", f"n{shard.shard}"
        never_shown = Attr(version).not_exists()
        is_newer = Attr(version).lt(shard.version)
        shown = Update(set={units: shard.available, version: shard.version})
        key = f"A#{shard.product_id}"
        try:
            self.update(key, _ALL_SHARDS, shown, condition=never_shown | is_newer)
        except Conflict:
            return

    def available(self, products: Iterable[ProductId]) -> dict[ProductId, int]:
        """What was available a moment ago."""
        keys = [(f"A#{product_id}", _ALL_SHARDS) for product_id in products]
        return {
            ProductId(item["pk"][2:]): sum(item[name] for name in item if name.startswith("a"))
            for item in self.batch_get(keys)
        }


def order_row_to_item(order: Order) -> Item:
    purchase = order.purchase
    began = to_ms(purchase.begun_at)
    key = {"pk": f"C#{purchase.customer_id}", "sk": f"{began:013d}#{purchase.checkout_id}"}
    return record_to_item(order) | key


def order_row_from_item(item: Item) -> Order:
    checkout_id = item["sk"].partition("#")[2]
    return Order(**record_from_item(item | {"pk": checkout_id}, OrderStatus))


def failed_attempt_to_item(attempt: FailedAttempt) -> Item:
    return {
        "pk": f"K#{attempt.checkout_id}",
        "sk": f"{to_ms(attempt.at):013d}#{attempt.action}",
        "w": attempt.code,
    }


def failed_attempt_from_item(item: Item) -> FailedAttempt:
    at, _, action = item["sk"].partition("#")
    return FailedAttempt(
        checkout_id=CheckoutId(item["pk"].partition("#")[2]),
        action=action,
        code=item["w"],
        at=from_ms(int(at)),
    )


VIEW_REPOSITORY = ViewRepository()
