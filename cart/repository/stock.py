"""The `stock` table: what is available, and what check-outs have reserved of it.

pk                what
#<product>        on how many shards its stock lies (`n`)
#<product>#<k>    how many are available on shard k (`a`), and its version (`n`)
chk_…             a reservation

What is reserved or sold stands in the reservations and nowhere else, so there is nothing that
could differ from them. A reservation and the shards that it takes from are written together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aws.dynamodb import Attr, Change, Item, Put, Update, transact
from cart.domain.purchases import ProductId
from cart.domain.stock import Reservation, ReservationStatus, Take, spread
from cart.repository.records import CheckoutRecords, record_from_item, record_to_item
from cart.resources import STOCK
from kernel.errors import Conflict

Shards = Mapping[ProductId, int]  # on how many shards the stock of each product lies


@dataclass(frozen=True, slots=True, kw_only=True)
class StockShard:
    """What lies on one shard of a product's stock."""

    product_id: ProductId
    shard: int
    available: int
    version: int


class ShardsTooLow(Conflict):
    """A shard holds less than was to be taken from it."""

    code = "shards_too_low"


class StockRepository(CheckoutRecords[Reservation]):
    """Of a reservation `x` says what was taken from where."""

    table = STOCK

    def open(self, product_id: ProductId, units: int, shards: int) -> bool:
        """Puts a product's first stock on shards; whether it had none before."""
        nothing_there = Attr("pk").not_exists()
        sheet = {"pk": _sheet_key(product_id), "n": shards}
        items = [
            {"pk": _shard_key(product_id, shard), "a": share, "n": 1}
            for shard, share in enumerate(spread(units, shards))
        ]
        try:
            transact([Put(self, item, nothing_there) for item in (sheet, *items)])
        except Conflict:
            return False
        return True

    def shards_of(self, products: Iterable[ProductId]) -> Shards:
        """Products without stock are left out."""
        sheets = self.batch_get((_sheet_key(each), None) for each in products)
        return {ProductId(sheet["pk"][1:]): sheet["n"] for sheet in sheets}

    def available(self, shards: Shards) -> Mapping[ProductId, list[int]]:
        """What each shard of each product holds at this moment, but not at the same one."""
        keys = {
            _shard_key(product_id, shard): (product_id, shard)
            for product_id, count in shards.items()
            for shard in range(count)
        }
        found = {product_id: [0] * count for product_id, count in shards.items()}
        for item in self.batch_get(((key, None) for key in keys), consistent=True):
            product_id, shard = keys[item["pk"]]
            found[product_id][shard] = item["a"]
        return found

    def reserve(self, new: Reservation) -> Reservation:
        """Takes from the shards, unless the check-out has a reservation already; the one that
        stands there afterwards. Raises `ShardsTooLow`."""
        never_seen = Attr("pk").not_exists()
        takes = [self._moved(each, -each.quantity) for each in new.takes]
        try:
            transact([Put(self, self.to_item(new), never_seen), *takes])
        except Conflict as lost:
            if lost.stored[0] is False:
                raise ShardsTooLow from lost
            return self.from_item(lost.stored[0])
        return new

    def give_back(self, old: Reservation, new: Reservation) -> Reservation:
        """Puts `new` where `old` was read, and back on the shards what was taken from them."""
        unchanged = Attr("n").eq(old.version)
        takes = [self._moved(each, each.quantity) for each in old.takes]
        try:
            transact([Put(self, self.to_item(new), unchanged), *takes])
        except Conflict as lost:
            return self.from_item(lost.stored[0])
        return new

    def gather(self, product_id: ProductId, home: int, moves: Mapping[int, int]) -> None:
        """Moves units from other shards to home. Raises `ShardsTooLow` where one has fewer now."""
        taken = [Take(product_id, shard, units) for shard, units in moves.items()]
        arrived = Take(product_id, home, sum(moves.values()))
        actions = [self._moved(each, -each.quantity) for each in taken]
        try:
            transact([*actions, self._moved(arrived, arrived.quantity)])
        except Conflict as lost:
            raise ShardsTooLow from lost

    def to_item(self, record: Reservation) -> Item:
        takes = [[each.product_id, each.shard, each.quantity] for each in record.takes]
        return {**record_to_item(record), "x": takes}

    def from_item(self, item: Item) -> Reservation:
        return Reservation(
            takes=tuple(Take(ProductId(name), shard, units) for name, shard, units in item["x"]),
            **record_from_item(item, ReservationStatus),
        )

    def _moved(self, take: Take, units: int) -> Change:
        enough = Attr("a").gte(max(0, -units))
        key = _shard_key(take.product_id, take.shard)
        return Change(self, key, None, Update(add={"a": units, "n": 1}), enough)


def shard_from_item(item: Item) -> StockShard | None:
    """None for the other items of the table."""
    if "a" not in item:
        return None
    _nothing, product_id, shard = item["pk"].split("#")
    return StockShard(
        product_id=ProductId(product_id),
        shard=int(shard),
        available=item["a"],
        version=item["n"],
    )


def _sheet_key(product_id: ProductId) -> str:
    return f"#{product_id}"


def _shard_key(product_id: ProductId, shard: int) -> str:
    return f"#{product_id}#{shard}"


STOCK_REPOSITORY = StockRepository()
