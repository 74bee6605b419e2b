"""One product that everybody wants, where a key takes 1,000 write units a second.

The embedded engine never throttles, and a machine that could show 4,000 sales a second would be
measured and not the data model. So the limit stands before the engine in memory, in seconds of its
own: every buyer tries once a second until there is a reservation, and each key has a thousand units
for that second. What is left of them is lost, as DynamoDB's is but for its burst capacity.
"""

from collections import Counter
from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

import orjson

from benchmarks.figures import Figure

if TYPE_CHECKING:
    from cart.domain.saga import Event

_UNITS_A_SECOND = 1_000
_NEW_BUYERS_A_SECOND, _SECONDS = 5_000, 4
_UNIT_BYTES = 1024
_IN_A_TRANSACTION = 2  # units for one


def sold() -> list[Figure]:
    return [_figure(shards) for shards in (1, 8)]


def _figure(shards: int) -> Figure:
    how = (
        f"{_NEW_BUYERS_A_SECOND:,} buyers come each second, mean of {_SECONDS} s of the limit's "
        f"own time; {_UNITS_A_SECOND:,} write units a second for each key"
    )
    return Figure(
        name=f"one_product_sales_per_s_{shards}_shard{'' if shards == 1 else 's'}",
        value=_sales_per_s(shards),
        unit="1/s",
        how=how,
    )


def _sales_per_s(shards: int) -> float:
    from aws.tests.memory import MemoryEngine, in_memory
    from cart.domain.purchases import ProductId
    from cart.resources import STOCK
    from cart.services import stock

    engine = MemoryEngine([STOCK])
    limit = _Limit(engine)
    product_id = ProductId("cup")
    with in_memory(limit):
        stock.open_product(product_id, _NEW_BUYERS_A_SECOND * _SECONDS, shards=shards)
        waiting: list[Event] = []
        reserved = 0
        for second in range(_SECONDS):
            limit.next_second()
            new = range(second * _NEW_BUYERS_A_SECOND, (second + 1) * _NEW_BUYERS_A_SECOND)
            waiting += [_buying(product_id, number) for number in new]
            still_waiting = [event for event in waiting if not _reserves(event)]
            reserved += len(waiting) - len(still_waiting)
            waiting = still_waiting
    return reserved / _SECONDS


class _Limit:
    """Stands where the data client stands, and lets so much through."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._used: Counter[tuple[str, str]] = Counter()

    def next_second(self) -> None:
        self._used.clear()

    def send(self, operation: str, parameters: Mapping[str, Any]) -> Any:
        from kernel.errors import Unavailable

        units = _write_units(parameters) if operation == "TransactWriteItems" else Counter()
        if any(self._used[key] + more > _UNITS_A_SECOND for key, more in units.items()):
            raise Unavailable("over the limit of a key", retry_after_s=1)
        self._used += units
        return self._engine.send(operation, parameters)


def _write_units(transaction: Mapping[str, Any]) -> Counter[tuple[str, str]]:
    """What each key is charged. An update is charged by the item, which is small here."""
    units: Counter[tuple[str, str]] = Counter()
    for each in transaction["TransactItems"]:
        (action,) = each.values()
        item = action.get("Item") or action["Key"]
        kilobytes = ceil(len(orjson.dumps(item)) / _UNIT_BYTES)
        units[action["TableName"], item["pk"]["S"]] += _IN_A_TRANSACTION * kilobytes
    return units


def _reserves(event: "Event") -> bool:
    from cart.domain.saga import Outcome
    from cart.services import stock
    from kernel.clock import utc_now
    from kernel.errors import Unavailable

    try:
        return stock.reserve(event, utc_now) is Outcome.DONE
    except Unavailable:
        return False


def _buying(product_id: Any, number: int) -> "Event":
    from cart.domain.purchases import CheckoutId, CustomerId, Line, Purchase
    from cart.domain.saga import Event, Service
    from kernel.clock import utc_now
    from kernel.money import Money

    line = Line(product_id=product_id, name="Cup", quantity=1, unit_price=Money(250, "GBP"))
    purchase = Purchase(
        checkout_id=CheckoutId(f"chk_{number}"),
        customer_id=CustomerId(f"buyer-{number}"),
        lines=(line,),
        method="sandbox-approve",
        begun_at=utc_now(),
    )
    return Event(service=Service.ORDERS, status="pending", purchase=purchase)
