"""botocore's errors as the kernel's four kinds: mapped here once, for every door to AWS.

======================================  ==================================================
what AWS says                           what is raised
======================================  ==================================================
throttled, 5xx, time-out, no connection  `Unavailable`: the same again, later
404, NoSuchKey, ResourceNotFound         `Missing`
a failed condition, 409, 412             `Conflict`
anything else (permissions, bad calls)   `AwsError`: ours to mend, no caller can
======================================  ==================================================
"""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
    ResponseStreamingError,
)

from kernel.errors import Conflict, HubError, Missing, Unavailable

_PASSING_ERRORS = (
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ResponseStreamingError,
    FlexibleChecksumError,
)
# Said with a 400, though they pass by themselves.
_PASSING = frozenset(
    {
        "InternalServerError",
        "KMSInternalException",
        "LimitExceededException",
        "OperationAborted",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_MISSING = frozenset(
    {
        "NoSuchKey",
        "NoSuchVersion",
        "NoSuchBucket",
        "NotFoundException",
        "ResourceNotFoundException",
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
    }
)
_CONFLICT = frozenset({"ConditionalCheckFailedException", "ConditionalRequestConflict"})


class AwsError(HubError):
    """AWS refused a call of ours for good: a missing permission or a malformed request.

    None of the four kinds, since no caller can do anything about it: it ends as a plain 500.
    AWS's own message stays on the cause; this one is safe to log.
    """

    code = "aws_fault"


def translate(error: ClientError | BotoCoreError) -> HubError:
    """The kernel's error for botocore's; raise it `from` the original."""
    if not isinstance(error, ClientError):
        name = type(error).__name__
        passing = isinstance(error, _PASSING_ERRORS)
        return Unavailable(f"AWS does not answer ({name})") if passing else AwsError(name)
    code, status = error_code(error), http_status(error)
    text = f"{error.operation_name}: {code}"
    if code in _PASSING or status >= 500 or status == 429:
        return Unavailable(text)
    if code in _MISSING or status == 404:
        return Missing(text)
    if code in _CONFLICT or status in (409, 412):
        return Conflict(text)
    return AwsError(text)


@contextmanager
def translated() -> Iterator[None]:
    """Raises the kernel's error for any of botocore's that the block lets through."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise translate(error) from error


def error_code(error: ClientError) -> str:
    """AWS's name of the error, such as `NoSuchKey`."""
    return str(error.response.get("Error", {}).get("Code", "Unknown"))


def http_status(error: ClientError) -> int:
    """The answer's HTTP status; 0 where there is none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
