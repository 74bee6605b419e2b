"""One call to DynamoDB, and what its errors mean to us."""

from typing import Any

from botocore.exceptions import ClientError

from aws.dynamodb.attributes import decode_item
from aws.dynamodb.client import data_client
from aws.errors import translate
from kernel.errors import Conflict, HubError, Unavailable

# Reasons for which a cancelled transaction would go through a moment later.
_PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


def call(operation: str, **parameters: Any) -> dict[str, Any]:
    """Sends `operation` (such as `PutItem`) with parameters in wire form.

    Raises `Conflict` with the stored item when a condition failed, `Unavailable` when DynamoDB
    throttles or does not answer after all retries.
    """
    try:
        return data_client().send(operation, {"ReturnConsumedCapacity": "TOTAL", **parameters})
    except ClientError as error:
        raise _meaning(error) from error


def _meaning(error: ClientError) -> HubError:
    code = error.response.get("Error", {}).get("Code")
    if code == "ConditionalCheckFailedException":
        return Conflict("the item has changed", stored=_stored(error.response))
    if code == "TransactionCanceledException":
        return _cancelled(error.response.get("CancellationReasons", []))
    return translate(error)


def _cancelled(reasons: list[dict[str, Any]]) -> HubError:
    codes = {reason.get("Code") for reason in reasons}
    if "ConditionalCheckFailed" in codes:
        return Conflict("an item of the transaction has changed", stored=_losers(reasons))
    if codes & _PASSING:
        return Unavailable("a competing transaction was in progress", retry_after_s=0)
    named = sorted(code for code in codes if code and code != "None")
    raise AssertionError(f"a transaction that can never succeed: {named}")


def _losers(reasons: list[dict[str, Any]]) -> list[Any]:
    """For each action: False where its condition held, else the stored item, or None for none."""
    return [
        _stored(reason) if reason.get("Code") == "ConditionalCheckFailed" else False
        for reason in reasons
    ]


def _stored(answer: dict[str, Any]) -> dict[str, Any] | None:
    wire = answer.get("Item")
    return decode_item(wire) if wire else None
