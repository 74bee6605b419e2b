"""What the hub measures about its files and feeds. docs/metrics.md lists it for readers."""

from typing import NamedTuple

from aws.metrics import Counter, Gauge, Histogram, Unit
from aws.metrics.instruments import NoLabels


class FileLabels(NamedTuple):
    """`kind`: a job's, so a `FeedKind` where it brought a file in, and else what it issued or sent;
    `outcome`: the status that an attempt ended in, in small letters."""

    kind: str
    feed: str
    outcome: str


class RowLabels(NamedTuple):
    """`outcome`: as the report of `ingest` calls it."""

    outcome: str


class StateLabels(NamedTuple):
    """`status` of an attempt at a file."""

    status: str


class FeedLabels(NamedTuple):
    feed: str


FILES = Counter(
    "txhub_batch_files_total",
    FileLabels,
    unit=Unit.COUNT,
    help="Attempts at files that have ended.",
)
FILE_SECONDS = Histogram(
    "txhub_batch_file_seconds",
    FeedLabels,
    unit=Unit.SECONDS,
    help="From the beginning of an attempt at a file until its end.",
    bounds=(1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0),
)
ROWS = Counter(
    "txhub_batch_rows_total",
    RowLabels,
    unit=Unit.COUNT,
    help="Rows of files whose attempt has ended, by what became of them.",
)
JOBS = Gauge(
    "txhub_batch_jobs",
    StateLabels,
    unit=Unit.COUNT,
    help="Files whose last attempt is in this status, over the last week.",
)
OLDEST_ACTIVE = Gauge(
    "txhub_batch_oldest_active_seconds",
    NoLabels,
    unit=Unit.SECONDS,
    help="Age of the oldest file that is being worked on, or waits for it; 0 where none is.",
)
QUARANTINED = Gauge(
    "txhub_batch_quarantined_rows",
    NoLabels,
    unit=Unit.COUNT,
    help="Rows in quarantine that nobody has decided on.",
)
FEED_AGE = Gauge(
    "txhub_feed_age_seconds",
    FeedLabels,
    unit=Unit.SECONDS,
    help="How long ago the last file of a feed was taken over completely.",
)
PENDING_ACCOUNTS = Gauge(
    "txhub_pending_accounts",
    FeedLabels,
    unit=Unit.COUNT,
    help="Accounts with pending entries of a feed that no posting has matched.",
)
DISPUTES_OPEN = Gauge(
    "txhub_disputes_open",
    NoLabels,
    unit=Unit.COUNT,
    help="Disputes that wait for the bank, 500 at the most.",
)
DISPUTE_AGE = Gauge(
    "txhub_dispute_oldest_seconds",
    NoLabels,
    unit=Unit.SECONDS,
    help="Age of the oldest dispute that waits for the bank; 0 where none does.",
)
