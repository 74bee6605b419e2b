"""Counts what reading from DynamoDB costs by AWS's rules, whatever the engine reports."""

import math
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

_UNIT_BYTES = 4096


@dataclass(slots=True)
class Cost:
    """Calls, the bytes of the items they returned, and the read units that AWS would charge."""

    calls: int = 0
    item_bytes: int = 0
    read_units: float = 0.0


@contextmanager
def counted() -> Iterator[Cost]:
    """Counts the calls of this process's data-plane client within the block."""
    from aws.dynamodb.client import data_client

    cost = Cost()

    def count(
        _operation: str, sent: dict[str, Any], answer: dict[str, Any], *_rest: object
    ) -> None:
        size = sum(map(item_size, _items(answer)))
        cost.calls += 1
        cost.item_bytes += size
        units = max(1, math.ceil(size / _UNIT_BYTES))
        cost.read_units += units if _is_consistent(sent) else units / 2

    listeners = data_client().listeners
    listeners.append(count)
    try:
        yield cost
    finally:
        listeners.remove(count)


def _is_consistent(sent: dict[str, Any]) -> bool:
    return b'"ConsistentRead":true' in orjson.dumps(sent)


def item_size(wire: dict[str, Any]) -> int:
    """An item's size as DynamoDB counts it: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in wire.items())


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


def _items(parsed: dict[str, Any]) -> list[dict[str, Any]]:
    single = [parsed["Item"]] if parsed.get("Item") else []
    batched = [item for items in parsed.get("Responses", {}).values() for item in items]
    return [*single, *parsed.get("Items", []), *batched]
