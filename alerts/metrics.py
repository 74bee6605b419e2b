"""What alerts measure about themselves. docs/metrics.md lists it for readers."""

from typing import NamedTuple

from aws.metrics import Counter, Histogram, Unit
from aws.metrics.instruments import NoLabels


class RuleLabels(NamedTuple):
    """`did`: `raised` or `taken_back`."""

    rule: str
    did: str


class AnswerLabels(NamedTuple):
    """`said`: `helpful`, `not_helpful` or `nothing`, where an answer was taken back."""

    rule: str
    said: str


class NewsLabels(NamedTuple):
    """`taken`: as `news`, which somebody may be alerted to, or only `learnt` from."""

    taken: str


LOOKED_AT = Counter(
    "txhub_second_look_transactions_total",
    NewsLabels,
    unit=Unit.COUNT,
    help="Transactions that Second Look has taken; again after a crash or a retry.",
)
LOOK_SECONDS = Histogram(
    "txhub_second_look_seconds",
    NoLabels,
    unit=Unit.SECONDS,
    help="From the write of a transaction that is news until its alerts are written.",
    bounds=(1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0, 86_400.0),
)
ALERTS = Counter(
    "txhub_alerts_total",
    RuleLabels,
    unit=Unit.COUNT,
    help="Alerts by what was done; again after a crash or a retry.",
)
ANSWERS = Counter(
    "txhub_alert_answers_total",
    AnswerLabels,
    unit=Unit.COUNT,
    help="What customers said of alerts.",
)
