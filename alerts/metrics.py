"""What alerts measure about themselves. docs/metrics.md lists it for readers."""

from typing import NamedTuple

from aws.metrics import Counter, Unit


class RuleLabels(NamedTuple):
    """`did`: `raised` or `taken_back`."""

    rule: str
    did: str


class AnswerLabels(NamedTuple):
    """`said`: `helpful`, `not_helpful` or `nothing`, where an answer was taken back."""

    rule: str
    said: str


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
