"""A table in memory: its items in wire form, and what was written to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws.dynamodb.attributes import WireItem
from aws.resources import Table
from aws.tests.memory.conditions import compiled, placeholders

Json = Mapping[str, Any]
Key = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Written:
    """What a write that changed something puts on the table's stream."""

    table: Table
    old: WireItem | None
    new: WireItem | None


class MemoryTable:
    """Items are never changed in place, so whoever holds one may keep it."""

    def __init__(self, declaration: Table) -> None:
        self.declaration = declaration
        self.items: dict[Key, WireItem] = {}

    def key_of(self, item: Json) -> Key:
        sort_key = self.declaration.sort_key
        return item[self.declaration.partition_key]["S"], item[sort_key]["S"] if sort_key else None

    def holds(self, key: Key, request: Json) -> bool:
        """Whether the request's condition holds for the item that is there, or is not."""
        text = request.get("ConditionExpression")
        return text is None or compiled(text)(self.items.get(key, {}), placeholders(request))

    def write(self, key: Key, new: WireItem | None) -> Written | None:
        """None where nothing changed: then nothing comes on the stream."""
        old = self.items.get(key)
        if new == old:
            return None
        if new is None:
            del self.items[key]
        else:
            self.items[key] = new
        return Written(self.declaration, old, new)

    def query(self, request: Json) -> dict[str, Any]:
        """One page, of the table or of an index. `Limit` counts what is read, before the filter."""
        names = self._key_names(request.get("IndexName"))
        found = self._partition(request, names)
        start = request.get("ExclusiveStartKey")
        if start is not None:
            place = [self.key_of(item) for item in found].index(self.key_of(start))
            found = found[place + 1 :]
        page = found[: request.get("Limit", len(found))]
        kept = compiled(request["FilterExpression"]) if "FilterExpression" in request else None
        answer: dict[str, Any] = {
            "Items": [each for each in page if kept is None or kept(each, placeholders(request))]
        }
        if page and len(page) < len(found):
            answer["LastEvaluatedKey"] = {name: page[-1][name] for name in names if name}
        return answer

    def _partition(self, request: Json, names: list[str | None]) -> list[WireItem]:
        matches, given = compiled(request["KeyConditionExpression"]), placeholders(request)
        indexed = (each for each in self.items.values() if all(n in each for n in names if n))
        found = [each for each in indexed if matches(each, given)]
        order = [name for name in (names[1], *names[2:]) if name]
        found.sort(key=lambda item: [item[name]["S"].encode() for name in order])
        return found if request.get("ScanIndexForward", True) else found[::-1]

    def _key_names(self, index: str | None) -> list[str | None]:
        """Partition key, sort key; of an index, then the table's own."""
        own = [self.declaration.partition_key, self.declaration.sort_key]
        if index is None:
            return own
        chosen = next(each for each in self.declaration.indexes if each.name == index)
        return [chosen.partition_key, chosen.sort_key, *own]
