"""The names that every part of the application shares. docs/metrics.md lists them for readers."""

from typing import NamedTuple

from aws.metrics.instruments import Counter, Gauge, Histogram, NoLabels, Unit


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


class HandlerLabels(NamedTuple):
    """A stream handler, by its name."""

    handler: str


class BatchLabels(NamedTuple):
    """`outcome`: `ok`, `retry`, `bisect` or `dead_letter`."""

    handler: str
    outcome: str


class TableLabels(NamedTuple):
    """A table by its logical name; `kind` is `read` or `write`."""

    table: str
    kind: str


class UseCaseLabels(NamedTuple):
    use_case: str


class ShardLabels(NamedTuple):
    """A Kinesis stream by its logical name, and a shard of it."""

    stream: str
    shard: str


class StreamLabels(NamedTuple):
    stream: str


class QueueLabels(NamedTuple):
    """A queue by its logical name; `system`: `celery` or `sqs`."""

    system: str
    queue: str


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
TABLE_UNITS = Counter(
    "txhub_dynamodb_table_units_total",
    TableLabels,
    unit=Unit.NONE,
    help="DynamoDB capacity units consumed, by the table that they were consumed on.",
)
PROVISIONED_UNITS = Gauge(
    "txhub_dynamodb_provisioned_units",
    TableLabels,
    unit=Unit.NONE,
    help="Capacity that a table is provisioned with, a second; none while it is on demand.",
)
SAMPLED_BYTES = Counter(
    "txhub_dynamodb_sampled_bytes_total",
    UseCaseLabels,
    unit=Unit.BYTES,
    help="Size of the items that were put, one in so many of them.",
)
SAMPLED_UNITS = Counter(
    "txhub_dynamodb_sampled_units_total",
    UseCaseLabels,
    unit=Unit.NONE,
    help="Write units that these items cost: of 1 KB each, however little of it was needed.",
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
STREAM_RECORDS = Counter(
    "txhub_stream_records_total",
    HandlerLabels,
    unit=Unit.COUNT,
    help="Records that stream handlers have taken; again after a crash or a retry.",
)
STREAM_BATCH_SECONDS = Histogram(
    "txhub_stream_batch_seconds",
    BatchLabels,
    unit=Unit.SECONDS,
    help="Time of stream batches, one attempt each.",
)
STREAM_ITERATOR_AGE = Gauge(
    "txhub_stream_iterator_age_seconds",
    HandlerLabels,
    unit=Unit.SECONDS,
    help="Age of the oldest record that a handler has still to finish; 0 at the tip.",
)
STREAM_DEAD_LETTERS = Counter(
    "txhub_stream_dead_letters_total",
    HandlerLabels,
    unit=Unit.COUNT,
    help="Stream records that were given up.",
)
STREAM_STOPPED = Gauge(
    "txhub_stream_stopped",
    HandlerLabels,
    unit=Unit.NONE,
    help="1 for a handler that has stopped after too many dead letters in a row.",
)
STREAM_TAKEOVERS = Counter(
    "txhub_stream_takeovers_total",
    HandlerLabels,
    unit=Unit.COUNT,
    help="Leases taken over from processes that had not given them back.",
)
STREAM_GAPS = Counter(
    "txhub_stream_gaps_total",
    HandlerLabels,
    unit=Unit.COUNT,
    help="Losses of a stream that were noticed: mended by a sweep where there is a table.",
)
STREAM_READERS = Gauge(
    "txhub_stream_readers",
    HandlerLabels,
    unit=Unit.COUNT,
    help="Processes that read for a handler, as the leases say; 0 where nobody does.",
)
STREAM_BEHIND = Gauge(
    "txhub_stream_behind_seconds",
    HandlerLabels,
    unit=Unit.SECONDS,
    help="How long ago a handler's checkpoint was up to date, as the leases say.",
)
KINESIS_BYTES = Counter(
    "txhub_kinesis_incoming_bytes_total",
    ShardLabels,
    unit=Unit.BYTES,
    help="Data put into Kinesis streams, by shard.",
)
KINESIS_RECORDS = Counter(
    "txhub_kinesis_incoming_records_total",
    ShardLabels,
    unit=Unit.COUNT,
    help="Records put into Kinesis streams, by shard.",
)
KINESIS_REFUSED = Counter(
    "txhub_kinesis_throttled_records_total",
    StreamLabels,
    unit=Unit.COUNT,
    help="Records that a full shard refused; each was sent again or given back to its sender.",
)
QUEUE_WAITING = Gauge(
    "txhub_queue_waiting",
    QueueLabels,
    unit=Unit.COUNT,
    help="Messages that wait in a queue; SQS counts them approximately.",
)
METRICS_DROPPED = Counter(
    "txhub_metrics_dropped_total",
    NoLabels,
    unit=Unit.COUNT,
    help="Points that CloudWatch would not take in time and that were given up.",
)
