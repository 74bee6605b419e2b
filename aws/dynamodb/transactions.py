"""Several conditional writes, all or none (TransactWriteItems)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import ConditionBase

from aws.dynamodb.attributes import Item, encode_item
from aws.dynamodb.calls import call
from aws.dynamodb.expressions import Expressions, Update

if TYPE_CHECKING:
    from aws.dynamodb.repository import Repository

ACTIONS_MAX = 100  # DynamoDB's limit for one transaction


@dataclass(frozen=True, slots=True)
class Put:
    """Writes a whole item."""

    repository: "Repository"
    item: Item
    condition: ConditionBase | None = None

    def wire(self) -> dict[str, Any]:
        return {"Put": {"Item": encode_item(self.item), **_common(self)}}


@dataclass(frozen=True, slots=True)
class Change:
    """Updates some attributes of an item."""

    repository: "Repository"
    pk: str
    sk: str | None
    update: Update
    condition: ConditionBase | None = None

    def wire(self) -> dict[str, Any]:
        expressions = Expressions().update(self.update).condition(self.condition).built()
        key = self.repository.wire_key(self.pk, self.sk)
        return {"Update": {"Key": key, **_table(self.repository), **expressions, **_RETURN_LOSER}}


@dataclass(frozen=True, slots=True)
class Delete:
    """Deletes an item."""

    repository: "Repository"
    pk: str
    sk: str | None
    condition: ConditionBase | None = None

    def wire(self) -> dict[str, Any]:
        return {"Delete": {"Key": self.repository.wire_key(self.pk, self.sk), **_common(self)}}


@dataclass(frozen=True, slots=True)
class Check:
    """Writes nothing; the transaction goes through only if the condition holds."""

    repository: "Repository"
    pk: str
    sk: str | None
    condition: ConditionBase

    def wire(self) -> dict[str, Any]:
        key = self.repository.wire_key(self.pk, self.sk)
        return {"ConditionCheck": {"Key": key, **_common(self)}}


Action = Put | Change | Delete | Check
_RETURN_LOSER = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def transact(actions: Sequence[Action], *, token: str | None = None) -> None:
    """Does all actions (100 at the most, no two on one item) or none.

    `token`: DynamoDB does the same token within ten minutes once only; a fresh one by default,
    which covers the client's own retries. Raises `Conflict`; its `stored` is a list with, for each
    action, False where its condition held, else the item that stands there (None for no item).
    """
    if len(actions) > ACTIONS_MAX:
        raise ValueError(f"{len(actions)} actions in a transaction; {ACTIONS_MAX} at the most")
    call(
        "TransactWriteItems",
        TransactItems=[action.wire() for action in actions],
        ClientRequestToken=token or uuid.uuid4().hex,
    )


def _common(action: Put | Delete | Check) -> dict[str, Any]:
    expressions = Expressions().condition(action.condition).built()
    return {**_table(action.repository), **expressions, **_RETURN_LOSER}


def _table(repository: "Repository") -> dict[str, str]:
    return {"TableName": repository.table.physical_name}
