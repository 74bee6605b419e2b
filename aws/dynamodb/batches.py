"""BatchGetItem and BatchWriteItem, driven to the end.

DynamoDB may leave part of a batch unprocessed when a partition is over its limit. That part is
sent again after a wait with jitter, until nothing is left or the time is up.
"""

import random
import time
from collections.abc import Callable
from typing import Any

from aws.dynamodb.calls import call
from kernel.errors import Unavailable
from kernel.retry import GiveUp, RetryPolicy

GET_KEYS_MAX = 100  # DynamoDB's limits for one request
WRITE_ITEMS_MAX = 25

# Up to 0.05, 0.1, 0.2 ... 5 s between rounds: about half a minute before a caller is told.
_POLICY = RetryPolicy(base_s=0.05, delay_s_max=5, attempts_max=14)


def get_all(table: str, keys: list[dict[str, Any]], *, consistent: bool) -> list[dict[str, Any]]:
    """The wire items that exist among up to 100 keys of one table."""
    found: list[dict[str, Any]] = []

    def send(left: Any) -> Any:
        answer = call("BatchGetItem", RequestItems=left)
        found.extend(answer["Responses"].get(table, ()))
        return answer.get("UnprocessedKeys")

    _drive(send, {table: {"Keys": keys, "ConsistentRead": consistent}}, table)
    return found


def write_all(table: str, requests: list[dict[str, Any]]) -> None:
    """Up to 25 wire write requests on one table."""

    def send(left: Any) -> Any:
        return call("BatchWriteItem", RequestItems=left).get("UnprocessedItems")

    _drive(send, {table: requests}, table)


def _drive(
    send: Callable[[Any], Any],
    left: Any,
    table: str,
    *,
    sleep: Callable[[float], None] = time.sleep,
    jitter: Callable[[float, float], float] = random.uniform,
) -> None:
    attempt = 0
    while left := send(left):
        attempt += 1
        overloaded = Unavailable(f"{table} is over its capacity", retry_after_s=0)
        decision = _POLICY.decide(overloaded, attempt=attempt, jitter=jitter)
        if isinstance(decision, GiveUp):
            raise overloaded
        sleep(decision.seconds)
