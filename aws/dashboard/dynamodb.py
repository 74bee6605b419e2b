"""DynamoDB: how soon it answers, what it refuses, and what it is paid for."""

from aws import probes
from aws.metrics.names import AWS_CALL_SECONDS, CAPACITY_UNITS, PROVISIONED_UNITS, TABLE_UNITS
from kernel.dashboards import Dashboard, Panel, PanelKind, Probe, Series, Show

# Those that say "later"; conditions that fail are answers, and no errors.
THROTTLES = (
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "LimitExceededException",
)
_CONDITION = "ConditionalCheckFailedException"
_CANCELLED = "TransactionCanceledException"
_SYSTEM = ("InternalServerError", "ServiceUnavailable*", "*Timeout*", "*Connection*", "Unavailable")
_DYNAMODB = {"service": "dynamodb"}

DYNAMODB = Dashboard(
    key="dynamodb",
    title="DynamoDB",
    about="Latency, limits, capacity and errors",
    panels=(
        Panel(
            key="latency",
            title="Latency by operation",
            about="95 of 100 calls are quicker; retries count as calls of their own.",
            kind=PanelKind.QUANTILE,
            series=Series(AWS_CALL_SECONDS, _DYNAMODB),
            by=("operation",),
            show=Show.SECONDS,
            headline=True,
        ),
        Panel(
            key="calls",
            title="Calls by operation",
            about="Each second, those that failed included.",
            kind=PanelKind.RATE,
            series=Series(AWS_CALL_SECONDS, _DYNAMODB),
            by=("operation",),
        ),
        Panel(
            key="throttles",
            title="Throttled calls",
            about="Calls that DynamoDB answered with “later”, by operation.",
            kind=PanelKind.RATE,
            series=Series(AWS_CALL_SECONDS, {**_DYNAMODB, "outcome": THROTTLES}),
            by=("operation",),
            headline=True,
        ),
        Panel(
            key="consumed",
            title="Consumed capacity by table",
            about="Units a second.",
            kind=PanelKind.RATE,
            series=Series(TABLE_UNITS),
            by=("table", "kind"),
            headline=True,
        ),
        Panel(
            key="provisioned",
            title="Provisioned capacity by table",
            about="Units a second that a table may consume. A table that is not here is on demand.",
            kind=PanelKind.GAUGE,
            series=Series(PROVISIONED_UNITS),
            by=("table", "kind"),
        ),
        Panel(
            key="used",
            title="Capacity in use",
            about="Consumed, as a share of what the table is provisioned with.",
            kind=PanelKind.USE,
            series=Series(TABLE_UNITS),
            of=Series(PROVISIONED_UNITS),
            by=("table", "kind"),
            show=Show.PERCENT,
        ),
        Panel(
            key="capacity-by-use-case",
            title="Consumed capacity by use-case",
            about="Units a second: what a feature costs.",
            kind=PanelKind.RATE,
            series=Series(CAPACITY_UNITS),
            by=("use_case",),
        ),
        Panel(
            key="conditions",
            title="Failed conditions",
            about="Somebody else was faster. Each cost a write unit and wrote nothing.",
            kind=PanelKind.RATE,
            series=Series(AWS_CALL_SECONDS, {**_DYNAMODB, "outcome": (_CONDITION, _CANCELLED)}),
            by=("use_case",),
        ),
        Panel(
            key="user-errors",
            title="User errors",
            about="Calls that DynamoDB refused for good, but for conditions and limits.",
            kind=PanelKind.RATE,
            series=Series(
                AWS_CALL_SECONDS,
                {
                    **_DYNAMODB,
                    "outcome": (
                        "ValidationException",
                        "ResourceNotFoundException",
                        "AccessDenied*",
                        "Unrecognized*",
                        "Missing*",
                        "ItemCollection*",
                        "SerializationException",
                    ),
                },
            ),
            by=("outcome",),
        ),
        Panel(
            key="system-errors",
            title="System errors",
            about="DynamoDB did not answer, or said that it could not.",
            kind=PanelKind.RATE,
            series=Series(AWS_CALL_SECONDS, {**_DYNAMODB, "outcome": _SYSTEM}),
            by=("outcome",),
        ),
    ),
    probes=(Probe(name="provisioned", every_s=300, measure=probes.measure_provisioned),),
)
