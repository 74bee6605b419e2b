"""What every repository is built on: single items, pages, batches.

A subclass names its table and speaks entities; the two functions that translate between entity
and item stand right under it. All methods raise `Unavailable` when DynamoDB throttles or does not
answer, after all retries.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar, TypeVar

from boto3.dynamodb.conditions import ConditionBase, Key

from aws.dynamodb.attributes import Item, WireItem, decode_item, encode_item
from aws.dynamodb.batches import GET_KEYS_MAX, WRITE_ITEMS_MAX, get_all, write_all
from aws.dynamodb.calls import call
from aws.dynamodb.expressions import Expressions, Update
from aws.resources import Table

KeyPair = tuple[str, str | None]
_T = TypeVar("_T")
# Batches of one caller that are under way at once: hides the round trip, and leaves the rest of
# the connection pool to others.
_PARALLEL_BATCHES = 4


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a query: `last_key` (partition and sort key) is where the next one starts."""

    items: list[Item]
    last_key: Item | None


class Repository:
    """A table's door. Keys are `pk` and `sk` here, whatever the table calls its key attributes."""

    table: ClassVar[Table]

    def get(self, pk: str, sk: str | None = None, *, consistent: bool = False) -> Item | None:
        """The item, or None."""
        answer = call("GetItem", Key=self.wire_key(pk, sk), ConsistentRead=consistent, **self._at)
        wire = answer.get("Item")
        return decode_item(wire) if wire else None

    def put(self, item: Item, *, condition: ConditionBase | None = None) -> None:
        """Writes the whole item. Raises `Conflict` with the stored one where `condition` fails."""
        expressions = Expressions().condition(condition).built()
        call("PutItem", Item=encode_item(item), **self._at, **_returning(expressions))

    def update(
        self, pk: str, sk: str | None, update: Update, *, condition: ConditionBase | None = None
    ) -> Item:
        """Changes some attributes (creating the item where it is missing); the item afterwards.

        Raises `Conflict` with the stored item where `condition` fails.
        """
        expressions = Expressions().update(update).condition(condition).built()
        answer = call(
            "UpdateItem",
            Key=self.wire_key(pk, sk),
            ReturnValues="ALL_NEW",
            **self._at,
            **_returning(expressions, always=condition is not None),
        )
        return decode_item(answer["Attributes"])

    def delete(
        self, pk: str, sk: str | None = None, *, condition: ConditionBase | None = None
    ) -> None:
        """Deletes the item; raises `Conflict` with the stored one where `condition` fails."""
        expressions = Expressions().condition(condition).built()
        call("DeleteItem", Key=self.wire_key(pk, sk), **self._at, **_returning(expressions))

    def query(
        self,
        pk: str,
        *,
        sort: ConditionBase | None = None,
        index: str | None = None,
        descending: bool = False,
        limit: int | None = None,
        after: Item | None = None,
        consistent: bool = False,
        filter: ConditionBase | None = None,
    ) -> Page:
        """One page of a partition, in sort-key order; of an index where `index` names one.

        `limit` counts items read, before `filter`. `after` is the `last_key` of the page before.
        """
        partition = Key(self._partition_name(index)).eq(pk)
        expressions = Expressions().condition(
            partition & sort if sort is not None else partition, "KeyConditionExpression"
        )
        parameters = expressions.condition(filter, "FilterExpression").built()
        if index:
            parameters["IndexName"] = index
        if limit:
            parameters["Limit"] = limit
        if after:
            parameters["ExclusiveStartKey"] = encode_item(after)
        answer = call(
            "Query",
            ScanIndexForward=not descending,
            ConsistentRead=consistent,
            **self._at,
            **parameters,
        )
        last = answer.get("LastEvaluatedKey")
        return Page(list(map(decode_item, answer["Items"])), decode_item(last) if last else None)

    def query_all(self, pk: str, **options: Any) -> Iterator[Item]:
        """All items of a partition, page by page; `options` as for `query`."""
        while True:
            page = self.query(pk, **options)
            yield from page.items
            if page.last_key is None:
                return
            options["after"] = page.last_key

    def query_each(
        self, pks: Sequence[str], *, sort: ConditionBase | None = None, consistent: bool = False
    ) -> list[list[Item]]:
        """All items of each partition, in the order given; several partitions at once."""
        return _in_parallel(
            lambda pk: list(self.query_all(pk, sort=sort, consistent=consistent)), pks
        )

    def batch_get(self, keys: Iterable[KeyPair], *, consistent: bool = False) -> list[Item]:
        """The items that exist among `keys` (any number, no doubles), in no order."""
        wire_keys = [self.wire_key(pk, sk) for pk, sk in keys]
        groups = list(_grouped(wire_keys, GET_KEYS_MAX))
        table = self.table.physical_name
        found = _in_parallel(lambda group: get_all(table, group, consistent=consistent), groups)
        return [decode_item(wire) for group in found for wire in group]

    def batch_write(self, *, puts: Iterable[Item] = (), deletes: Iterable[KeyPair] = ()) -> None:
        """Writes and deletes without conditions, any number, no two on one key.

        Returns when all are written, what DynamoDB left unprocessed included. On `Unavailable`
        some are written and some are not: do all of them again.
        """
        requests: list[dict[str, Any]] = [{"PutRequest": {"Item": encode_item(i)}} for i in puts]
        requests += [{"DeleteRequest": {"Key": self.wire_key(pk, sk)}} for pk, sk in deletes]
        table = self.table.physical_name
        groups = list(_grouped(requests, WRITE_ITEMS_MAX))
        _in_parallel(lambda group: write_all(table, group), groups)

    def wire_key(self, pk: str, sk: str | None) -> WireItem:
        """The key of an item in wire form."""
        key: Item = {self.table.partition_key: pk}
        if self.table.sort_key is not None:
            if sk is None:
                raise TypeError(f"{self.table.name} needs a sort key")
            key[self.table.sort_key] = sk
        return encode_item(key)

    @property
    def _at(self) -> dict[str, str]:
        return {"TableName": self.table.physical_name}

    def _partition_name(self, index: str | None) -> str:
        if index is None:
            return self.table.partition_key
        return next(each.partition_key for each in self.table.indexes if each.name == index)


def _returning(expressions: dict[str, Any], *, always: bool = False) -> dict[str, Any]:
    """With a condition, the loser gets the stored item back."""
    if always or "ConditionExpression" in expressions:
        return {**expressions, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return expressions


def _grouped(values: Sequence[_T], size: int) -> Iterator[list[_T]]:
    remaining = iter(values)
    while group := list(islice(remaining, size)):
        yield group


def _in_parallel(work: Callable[[Any], Any], groups: Sequence[Any]) -> list[Any]:
    if len(groups) <= 1:
        return [work(group) for group in groups]
    # Each thread runs in a copy of the caller's context, so that the use-case pays for its calls.
    contexts = [copy_context() for _group in groups]
    with ThreadPoolExecutor(min(_PARALLEL_BATCHES, len(groups))) as pool:
        return list(pool.map(lambda context, group: context.run(work, group), contexts, groups))
