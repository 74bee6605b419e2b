"""What a service keeps of each check-out: one item under its id, changed only as it was read.

Every such item has `s` status, `t` since when, `h` where it stood before, `w` why (the code of a
refusal), `n` version, and `p` the purchase, so that its stream record tells the next service all
there is to know. Times are milliseconds since 1970.
"""

from abc import abstractmethod
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from aws.dynamodb import Attr, Item, Repository
from cart.domain.purchases import CheckoutId, CustomerId, Line, ProductId, Purchase
from cart.domain.records import CheckoutRecord
from cart.domain.saga import Event, Service
from kernel.errors import Conflict
from kernel.money import Money

E = TypeVar("E", bound=CheckoutRecord[Any])


class CheckoutRecords(Repository, Generic[E]):
    """Writes return what stands there afterwards, whoever wrote it: the loser of a condition goes
    on from the winner's record."""

    def find(self, checkout_id: CheckoutId) -> E | None:
        item = self.get(checkout_id, consistent=True)
        return self.from_item(item) if item else None

    def add(self, new: E) -> E:
        """Keeps the first of its check-out."""
        never_seen = Attr("pk").not_exists()
        return self._written(new, never_seen)

    def replace(self, old: E, new: E) -> E:
        """Puts `new` where `old` was read."""
        unchanged = Attr("n").eq(old.version)
        return self._written(new, unchanged)

    def _written(self, new: E, condition: Any) -> E:
        try:
            self.put(self.to_item(new), condition=condition)
        except Conflict as lost:
            return self.from_item(lost.stored)
        return new

    @abstractmethod
    def to_item(self, record: E) -> Item: ...

    @abstractmethod
    def from_item(self, item: Item) -> E: ...


def record_to_item(record: CheckoutRecord[Any]) -> Item:
    """What all records have in common, as an item."""
    item: Item = {
        "pk": record.purchase.checkout_id,
        "s": record.status.value,
        "t": to_ms(record.at),
        "n": record.version,
        "p": purchase_to_item(record.purchase),
    }
    if record.earlier:
        item["h"] = [[status.value, to_ms(at)] for status, at in record.earlier]
    if record.reason:
        item["w"] = record.reason
    return item


def record_from_item(item: Item, statuses: type[StrEnum]) -> dict[str, Any]:
    """The same as arguments of the record's class."""
    return {
        "status": statuses(item["s"]),
        "earlier": tuple((statuses(name), from_ms(at)) for name, at in item.get("h", ())),
        "purchase": purchase_from_item(CheckoutId(item["pk"]), item["p"]),
        "at": from_ms(item["t"]),
        "reason": item.get("w", ""),
        "version": item["n"],
    }


def event_from_item(service: Service, item: Item) -> Event:
    """What a service's stream says of a check-out."""
    return Event(
        service=service,
        status=item["s"],
        purchase=purchase_from_item(CheckoutId(item["pk"]), item["p"]),
        reason=item.get("w", ""),
    )


def purchase_to_item(purchase: Purchase) -> Item:
    return {
        "u": purchase.customer_id,
        "l": lines_to_item(purchase.lines),
        "m": purchase.method,
        "b": to_ms(purchase.begun_at),
    }


def purchase_from_item(checkout_id: CheckoutId, item: Item) -> Purchase:
    return Purchase(
        checkout_id=checkout_id,
        customer_id=CustomerId(item["u"]),
        lines=lines_from_item(item["l"]),
        method=item["m"],
        begun_at=from_ms(item["b"]),
    )


def lines_to_item(lines: tuple[Line, ...]) -> list[Any]:
    return [
        [each.product_id, each.name, each.quantity, each.unit_price.minor, each.unit_price.currency]
        for each in lines
    ]


def lines_from_item(stored: list[Any]) -> tuple[Line, ...]:
    return tuple(
        Line(
            product_id=ProductId(product_id),
            name=name,
            quantity=quantity,
            unit_price=Money(minor, currency),
        )
        for product_id, name, quantity, minor, currency in stored
    )


def to_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def from_ms(stored: int) -> datetime:
    return datetime.fromtimestamp(stored / 1000, UTC)
