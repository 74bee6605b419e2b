"""What the listener measures about itself."""

from typing import NamedTuple

from aws.metrics import Counter, Histogram, Unit
from aws.metrics.instruments import NoLabels


class MessageLabels(NamedTuple):
    """`outcome`: `written`, `updated`, `matched`, `duplicates`, or the code of a dead letter."""

    outcome: str


MESSAGES = Counter(
    "txhub_messages_total",
    MessageLabels,
    unit=Unit.COUNT,
    help="Messages that listeners have acknowledged, by what became of them.",
)
MESSAGE_SECONDS = Histogram(
    "txhub_message_seconds",
    NoLabels,
    unit=Unit.SECONDS,
    help="Time that a batch of messages took to be stored, its waits included.",
)
LISTENER_WAITS = Counter(
    "txhub_listener_waits_total",
    NoLabels,
    unit=Unit.COUNT,
    help="Times that a listener held its messages back because DynamoDB was over its limits.",
)
