"""Counts what calls to DynamoDB cost by AWS's rules, whatever the engine reports."""

import math
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

_READ_UNIT_BYTES, _WRITE_UNIT_BYTES = 4096, 1024
_READS = {"GetItem", "BatchGetItem", "Query", "Scan"}


@dataclass(slots=True)
class Cost:
    """Calls, the bytes of the items that were read, and the units that AWS would charge.

    A change of single attributes counts as one of an item of 1 KB: its size is not told.
    """

    calls: int = 0
    item_bytes: int = 0
    read_units: float = 0.0
    write_units: float = 0.0


@contextmanager
def counted() -> Iterator[Cost]:
    """Counts the calls of this process's data-plane client within the block."""
    from aws.dynamodb.client import data_client

    cost = Cost()

    def count(operation: str, sent: dict[str, Any], answer: dict[str, Any], *_rest: object) -> None:
        cost.calls += 1
        if operation in _READS:
            cost.item_bytes += sum(map(item_size, _read_items(answer)))
            cost.read_units += _read_units(operation, sent, answer)
        else:
            cost.write_units += _write_units(sent)

    listeners = data_client().listeners
    listeners.append(count)
    try:
        yield cost
    finally:
        listeners.remove(count)


def item_size(wire: dict[str, Any]) -> int:
    """An item's size as DynamoDB counts it: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in wire.items())


def _read_units(operation: str, sent: dict[str, Any], answer: dict[str, Any]) -> float:
    """A query's items are added up, others are rounded up one by one; what is not there is read
    too."""
    sizes = [item_size(item) for item in _read_items(answer)]
    if operation in {"Query", "Scan"}:
        sizes = [sum(sizes)]
    asked = sum(len(table["Keys"]) for table in sent.get("RequestItems", {}).values()) or 1
    units = sum(max(1, math.ceil(size / _READ_UNIT_BYTES)) for size in sizes)
    units += max(0, asked - len(sizes))
    return units if _is_consistent(sent) else units / 2


def _write_units(sent: dict[str, Any]) -> int:
    if "TransactItems" in sent:
        return 2 * sum(
            _one_write(each) for action in sent["TransactItems"] for each in action.values()
        )
    batch = [each for requests in sent.get("RequestItems", {}).values() for each in requests]
    if batch:
        return sum(_one_write(each) for request in batch for each in request.values())
    return _one_write(sent)


def _one_write(write: dict[str, Any]) -> int:
    return max(1, math.ceil(item_size(write.get("Item", {})) / _WRITE_UNIT_BYTES))


def _is_consistent(sent: dict[str, Any]) -> bool:
    return b'"ConsistentRead":true' in orjson.dumps(sent)


def _value_size(wire: dict[str, Any]) -> int:
    ((kind, raw),) = wire.items()
    if kind == "S":
        return len(raw.encode())
    if kind == "B":
        return len(b64decode(raw))
    if kind == "N":
        return math.ceil(len(raw.strip("-")) / 2) + 1
    if kind == "SS":
        return sum(len(each.encode()) for each in raw)
    return len(orjson.dumps(raw))  # BOOL, NULL, lists and maps: small here, so nearly


def _read_items(answer: dict[str, Any]) -> list[dict[str, Any]]:
    single = [answer["Item"]] if answer.get("Item") else []
    batched = [item for items in answer.get("Responses", {}).values() for item in items]
    return [*single, *answer.get("Items", []), *batched]
