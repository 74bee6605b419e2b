"""The names that every part of the application shares. docs/metrics.md lists them for readers."""

from typing import NamedTuple

from aws.metrics.instruments import Counter, Histogram, NoLabels, Unit


class CallLabels(NamedTuple):
    """`use_case` is the feature that made the call; `outcome` is `ok` or AWS's error code."""

    use_case: str
    service: str
    operation: str
    outcome: str


class CapacityLabels(NamedTuple):
    use_case: str
    operation: str


class RequestLabels(NamedTuple):
    """`route` is the address's name in `urls.py`, never the path, which holds ids."""

    route: str
    method: str
    status: str


class TaskLabels(NamedTuple):
    """`outcome`: `ok`, `retry`, or the code of the error that ended it."""

    task: str
    outcome: str


AWS_CALL_SECONDS = Histogram(
    "txhub_aws_call_seconds",
    CallLabels,
    unit=Unit.SECONDS,
    help="Time of AWS calls, botocore's retries included, by the use-case that made them.",
)
CAPACITY_UNITS = Counter(
    "txhub_dynamodb_capacity_units_total",
    CapacityLabels,
    unit=Unit.NONE,
    help="DynamoDB capacity units consumed, by the use-case that consumed them.",
)
REQUEST_SECONDS = Histogram(
    "txhub_http_request_seconds",
    RequestLabels,
    unit=Unit.SECONDS,
    help="Time of HTTP requests, from the first middleware to the last.",
)
TASK_SECONDS = Histogram(
    "txhub_task_seconds",
    TaskLabels,
    unit=Unit.SECONDS,
    help="Time of background tasks, one attempt each.",
    bounds=(0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0),
)
METRICS_DROPPED = Counter(
    "txhub_metrics_dropped_total",
    NoLabels,
    unit=Unit.COUNT,
    help="Points that CloudWatch would not take in time and that were given up.",
)
