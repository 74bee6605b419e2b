"""What the batch measures."""

from typing import NamedTuple

from aws.metrics import Counter, Unit


class FeedFileLabels(NamedTuple):
    """`status`: what a file that was expected has come to: `ARRIVED`, `SHORT` or `LATE`."""

    feed: str
    status: str


FEED_FILES = Counter(
    "txhub_feed_files_total",
    FeedFileLabels,
    unit=Unit.COUNT,
    help="Expected files by what they came to; one that is late and then arrives counts twice.",
)


class ReconciliationLabels(NamedTuple):
    """`outcome`: `agrees` or `differs`."""

    outcome: str


RECONCILIATIONS = Counter(
    "txhub_reconciliations_total",
    ReconciliationLabels,
    unit=Unit.COUNT,
    help="Reconciliations of jobs, by whether what is stored is what the file says.",
)
