"""What a history happens in: the tables, the clock, the shop and its customers."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

from aws.dynamodb.attributes import decode_item
from aws.resources import Table
from aws.streams import Change, Kind
from aws.tests.memory import MemoryEngine, Written
from cart.domain.carts import AddLine
from cart.domain.purchases import CustomerId, Line, ProductId
from cart.resources import CARTS, ORDERS, PAYMENTS, SANDBOX, STOCK
from cart.services import carts, stock
from kernel.money import Money

TABLES = (CARTS, ORDERS, STOCK, PAYMENTS, SANDBOX)
_BEGIN = datetime(2026, 11, 23, 9, tzinfo=UTC)


class World:
    """A small shop where everybody wants the same few things."""

    def __init__(self, engine: MemoryEngine, chance: random.Random) -> None:
        self.engine, self.now = engine, _BEGIN
        self.numbers = count(1)
        self._heard = 0
        self.initial = self._stock(chance)
        self.customers = [CustomerId(f"customer-{n}") for n in range(chance.choice((1, 2, 2, 3)))]
        for customer in self.customers:
            for product_id in chance.sample(sorted(self.initial), chance.choice((1, 1, 2))):
                command = AddLine(line_of(product_id, chance.choice((1, 1, 2))))
                carts.carry_out(customer, command, clock=self.clock)

    def clock(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by

    @property
    def is_anything_open(self) -> bool:
        """Whether the sweeps' indexes hold anything."""
        return any("o" in item for table in (CARTS, PAYMENTS) for item in self.engine.items(table))

    def changes(self) -> Iterator[Change]:
        """What has come on the streams since the last time."""
        written = self.engine.written
        while self._heard < len(written):
            self._heard += 1
            yield _change(written[self._heard - 1], self._heard, self.now)

    def _stock(self, chance: random.Random) -> dict[ProductId, int]:
        initial = {ProductId(f"cup-{n}"): chance.choice((1, 2, 3, 5)) for n in range(2)}
        for product_id, units in initial.items():
            stock.open_product(product_id, units, shards=chance.choice((1, 2, 3)))
        return initial


def line_of(product_id: ProductId, quantity: int) -> Line:
    return Line(product_id=product_id, name="Cup", quantity=quantity, unit_price=Money(250, "GBP"))


def _change(written: Written, number: int, at: datetime) -> Change:
    table: Table = written.table
    item = written.new or written.old or {}
    return Change(
        table=table.name,
        key=decode_item({table.partition_key: item[table.partition_key]}),
        kind=Kind.MODIFIED,
        old=decode_item(written.old) if written.old is not None else None,
        new=decode_item(written.new) if written.new is not None else None,
        sequence=str(number),
        at=at,
    )
