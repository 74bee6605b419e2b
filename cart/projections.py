"""The query side: views that are kept up from the streams, and can be built anew from the tables.

Changes may come again, late and in any order: what is shown of an order, and of a shard, is only
replaced by a later version, and best sellers count each check-out once. So a rebuild may run while
the streams go on.
"""

from collections.abc import Iterable

from aws.streams import Change
from aws.streams.sweep import TableSweep
from cart.domain.stock import ReservationStatus
from cart.repository.best_sellers import BEST_SELLERS
from cart.repository.orders import ORDER_REPOSITORY
from cart.repository.stock import STOCK_REPOSITORY, shard_from_item
from cart.repository.views import VIEW_REPOSITORY
from cart.resources import ORDERS, STOCK
from kernel.clock import utc_now


def show_orders(changes: Iterable[Change]) -> None:
    """Customers' lists of orders, by what the stream of orders brings."""
    for change in changes:
        if change.new is not None:
            VIEW_REPOSITORY.show_order(ORDER_REPOSITORY.from_item(change.new))


def show_stock(changes: Iterable[Change]) -> None:
    """What is available, and what sells best, by what the stream of stock brings."""
    for change in changes:
        item = change.new or {}
        if (shard := shard_from_item(item)) is not None:
            VIEW_REPOSITORY.show_shard(shard)
        elif item.get("s") == ReservationStatus.SOLD:
            BEST_SELLERS.count(STOCK_REPOSITORY.from_item(item).purchase)


def rebuild() -> None:
    """All views anew from the tables, while the streams go on."""
    BEST_SELLERS.forget()
    for changes in TableSweep(ORDERS, clock=utc_now).pages():
        show_orders(changes)
    for changes in TableSweep(STOCK, clock=utc_now).pages():
        show_stock(changes)
