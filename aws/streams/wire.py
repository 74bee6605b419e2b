"""Calls to the two streaming services, as they document them, in one attempt each.

No retries down here: the loop has its own pace, and a call that goes on trying for half a minute
would outlive a lease. An iterator is not used again after a failure either.
"""

from typing import Any

from botocore.exceptions import ClientError

from aws import sessions
from aws.dynamodb.client import DataClient, build
from aws.errors import error_code, translate
from aws.signing import JSON_1_1
from aws.streams.source import IteratorExpired, Trimmed
from kernel.retry import RetryPolicy

_ONCE = RetryPolicy(attempts_max=1)
_GONE = frozenset({"TrimmedDataAccessException", "ResourceNotFoundException"})


def call_streams(operation: str, **parameters: Any) -> dict[str, Any]:
    """An operation of DynamoDB Streams. Raises `Trimmed`, `IteratorExpired`, `Unavailable`."""
    return _call(sessions.shared("streams-data", _streams), operation, parameters)


def call_kinesis(operation: str, **parameters: Any) -> dict[str, Any]:
    """An operation of Kinesis. Raises the same."""
    return _call(sessions.shared("kinesis-data", _kinesis), operation, parameters)


def _call(client: DataClient, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    try:
        return client.send(operation, parameters)
    except ClientError as error:
        code = error_code(error)
        if code in _GONE:
            raise Trimmed(f"{operation}: {code}") from error
        if code == "ExpiredIteratorException":
            raise IteratorExpired from error
        raise translate(error) from error


def _streams() -> DataClient:
    return build("dynamodbstreams", target="DynamoDBStreams_20120810", policy=_ONCE)


def _kinesis() -> DataClient:
    return build(
        "kinesis",
        signed_as="kinesis",
        content_type=JSON_1_1,
        target="Kinesis_20131202",
        policy=_ONCE,
    )
