"""What calls consume, by table; and how full the write units are that they pay for."""

import os
from collections.abc import Iterator
from itertools import count
from typing import Any

from aws.dynamodb.sizes import item_bytes, write_units
from aws.metrics import current_use_case
from aws.metrics.names import (
    SAMPLED_BYTES,
    SAMPLED_UNITS,
    TABLE_UNITS,
    TableLabels,
    UseCaseLabels,
)

_READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"})
# Measuring an item costs as much as sending it: one call in so many is enough for a share.
_SAMPLED_EVERY = 32
_calls = count()


def kind_of(operation: str) -> str:
    """`read` or `write`."""
    return "read" if operation in _READS else "write"


def record_tables(operation: str, sent: dict[str, Any], consumed: Any) -> None:
    """One call that DynamoDB said the consumed capacity of."""
    kind = kind_of(operation)
    for table in [consumed] if isinstance(consumed, dict) else consumed:
        labels = TableLabels(_logical(table["TableName"]), kind)
        TABLE_UNITS.add(labels, float(table.get("CapacityUnits") or 0))
    if operation in {"PutItem", "BatchWriteItem"} and next(_calls) % _SAMPLED_EVERY == 0:
        sampled = UseCaseLabels(current_use_case())
        for item in _items(sent):
            SAMPLED_BYTES.add(sampled, item_bytes(item))
            SAMPLED_UNITS.add(sampled, write_units(item))


def _items(sent: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Item" in sent:
        yield sent["Item"]
    for requests in sent.get("RequestItems", {}).values():
        yield from (each["PutRequest"]["Item"] for each in requests if "PutRequest" in each)


def _logical(physical_name: str) -> str:
    name = physical_name.rpartition("/")[2]  # some answers have the whole ARN
    return name.removeprefix(f"{os.environ.get('TXHUB_PREFIX', 'txhub')}-")
