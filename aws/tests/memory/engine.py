"""The engine: one method, `send`, as `DataClient` has it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from botocore.exceptions import ClientError

from aws import sessions
from aws.dynamodb.attributes import WireItem
from aws.resources import Table
from aws.tests.memory import updates
from aws.tests.memory.conditions import placeholders
from aws.tests.memory.tables import MemoryTable, Written

Json = dict[str, Any]
_FAILED = "The conditional request failed"


class MemoryEngine:
    """Tables, empty at first. `written` is what their streams have, oldest first."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.tables = {each.physical_name: MemoryTable(each) for each in tables}
        self.written: list[Written] = []
        self._tokens: set[str] = set()

    def send(self, operation: str, parameters: Mapping[str, Any]) -> Json:
        """The answer, or botocore's `ClientError`, as the service documents them."""
        answers: dict[str, Callable[[Mapping[str, Any]], Json]] = {
            "GetItem": self._get,
            "PutItem": lambda asked: self._write("Put", asked),
            "UpdateItem": lambda asked: self._write("Update", asked),
            "DeleteItem": lambda asked: self._write("Delete", asked),
            "Query": lambda asked: self._table(asked).query(asked),
            "BatchGetItem": self._batch_get,
            "BatchWriteItem": self._batch_write,
            "TransactWriteItems": self._transact,
        }
        return answers[operation](parameters)

    def items(self, table: Table) -> list[WireItem]:
        """What a table holds, in wire form."""
        return list(self.tables[table.physical_name].items.values())

    def _table(self, asked: Mapping[str, Any]) -> MemoryTable:
        return self.tables[asked["TableName"]]

    def _get(self, asked: Mapping[str, Any]) -> Json:
        table = self._table(asked)
        item = table.items.get(table.key_of(asked["Key"]))
        return {"Item": item} if item is not None else {}

    def _batch_get(self, asked: Mapping[str, Any]) -> Json:
        answers = {}
        for name, wanted in asked["RequestItems"].items():
            table = self.tables[name]
            found = (table.items.get(table.key_of(key)) for key in wanted["Keys"])
            answers[name] = [item for item in found if item is not None]
        return {"Responses": answers}

    def _batch_write(self, asked: Mapping[str, Any]) -> Json:
        for name, requests in asked["RequestItems"].items():
            for request in requests:
                ((kind, action),) = request.items()
                self._apply(kind.removesuffix("Request"), {"TableName": name, **action})
        return {}

    def _write(self, kind: str, asked: Mapping[str, Any]) -> Json:
        table, key = self._target(kind, asked)
        if not table.holds(key, asked):
            raise _refusal(f"{kind}Item", "ConditionalCheckFailedException", **_loser(table, key))
        self._apply(kind, asked)
        return {"Attributes": table.items[key]} if kind == "Update" else {}

    def _transact(self, asked: Mapping[str, Any]) -> Json:
        if asked["ClientRequestToken"] in self._tokens:
            return {}  # done before: its first answer was lost
        actions = [next(iter(each.items())) for each in asked["TransactItems"]]
        targets = [self._target(kind, action) for kind, action in actions]
        keys = [(table.declaration.name, key) for table, key in targets]
        assert len(set(keys)) == len(keys) <= 100, "a transaction that DynamoDB does not take"
        held = [
            table.holds(key, action)
            for (table, key), (_kind, action) in zip(targets, actions, strict=True)
        ]
        if not all(held):
            raise _cancelled(held, [_loser(table, key) for table, key in targets])
        for kind, action in actions:
            self._apply(kind, action)
        self._tokens.add(asked["ClientRequestToken"])
        return {}

    def _target(self, kind: str, action: Mapping[str, Any]) -> tuple[MemoryTable, Any]:
        table = self._table(action)
        return table, table.key_of(action["Item" if kind == "Put" else "Key"])

    def _apply(self, kind: str, action: Mapping[str, Any]) -> None:
        table, key = self._target(kind, action)
        if kind == "ConditionCheck":
            return
        new = action.get("Item")
        if kind == "Update":
            new = {**table.items.get(key, action["Key"])}
            for change in updates.compiled(action["UpdateExpression"]):
                change(new, placeholders(action))
        written = table.write(key, new)
        if written is not None and table.declaration.stream:
            self.written.append(written)


@contextmanager
def in_memory(client: Any) -> Iterator[None]:
    """Sends this process's data-plane calls to `client`, such as a `MemoryEngine`."""
    with patch.dict(sessions._clients, {"dynamodb-data": client}):
        yield


def _loser(table: MemoryTable, key: Any) -> Json:
    """The stored item, as `ReturnValuesOnConditionCheckFailure` brings it, where there is one."""
    return {"Item": table.items[key]} if key in table.items else {}


def _cancelled(held: list[bool], losers: list[Json]) -> ClientError:
    reasons = [
        {"Code": "None"} if is_held else {"Code": "ConditionalCheckFailed", **loser}
        for is_held, loser in zip(held, losers, strict=True)
    ]
    code = "TransactionCanceledException"
    return _refusal("TransactWriteItems", code, CancellationReasons=reasons)


def _refusal(operation: str, code: str, **said: Any) -> ClientError:
    response = {
        **said,
        "Error": {"Code": code, "Message": _FAILED},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    return ClientError(response, operation)
