"""What operators see of the hub: files, feeds, messages, and what waits for people."""

from aws.metrics.names import REQUEST_SECONDS
from kernel.dashboards import Cost, Dashboard, Panel, PanelKind, Probe, Series, Show
from txhub import measuring
from txhub.feeds.rows import FeedKind
from txhub.metrics import (
    DISPUTE_AGE,
    DISPUTES_OPEN,
    FEED_AGE,
    FILE_SECONDS,
    FILES,
    JOBS,
    OLDEST_ACTIVE,
    PENDING_ACCOUNTS,
    QUARANTINED,
    ROWS,
)
from txhub.realtime.metrics import LISTENER_WAITS, MESSAGE_SECONDS, MESSAGES

_INGESTING = (
    "txhub.start_job",
    "feeds.bring_in",
    "txhub.run_prune",
    "entries.store",
    "accounts.open",
    "pending.prune",
)
_STORED = ("written", "updated", "matched", "duplicates")

BATCH = Dashboard(
    key="batch",
    title="Batch",
    about="Files from the core systems",
    panels=(
        Panel(
            key="rows",
            title="Rows",
            about="Each second, by what became of them; counted when a file's attempt ends.",
            kind=PanelKind.RATE,
            series=Series(ROWS),
            by=("outcome",),
            headline=True,
        ),
        Panel(
            key="rejects",
            title="Rejected rows",
            about="The share of rows that went into quarantine.",
            kind=PanelKind.RATIO,
            series=Series(ROWS, {"outcome": "quarantined"}),
            of=Series(ROWS),
            show=Show.PERCENT,
        ),
        Panel(
            key="files",
            title="Files that ended",
            about="Each second, by outcome.",
            kind=PanelKind.RATE,
            series=Series(FILES),
            by=("outcome",),
        ),
        Panel(
            key="failed",
            title="Failed files",
            about="The share of attempts that failed.",
            kind=PanelKind.RATIO,
            series=Series(FILES, {"outcome": "failed"}),
            of=Series(FILES),
            show=Show.PERCENT,
        ),
        Panel(
            key="jobs",
            title="Jobs by status",
            about="Of the last week.",
            kind=PanelKind.GAUGE,
            series=Series(JOBS),
            by=("status",),
            headline=True,
        ),
        Panel(
            key="oldest",
            title="Oldest file under way",
            about="Or waiting for its feed.",
            kind=PanelKind.GAUGE,
            series=Series(OLDEST_ACTIVE),
            show=Show.SECONDS,
            headline=True,
        ),
        Panel(
            key="duration",
            title="Time of a file",
            about="From the beginning of an attempt to its end.",
            kind=PanelKind.QUANTILE,
            series=Series(FILE_SECONDS),
            show=Show.SECONDS,
        ),
        Panel(
            key="quarantine",
            title="Rows in quarantine",
            about="That nobody has decided on.",
            kind=PanelKind.GAUGE,
            series=Series(QUARANTINED),
        ),
    ),
    probes=(Probe(name="batch", every_s=10, measure=measuring.batch),),
    costs=(
        Cost(
            title="A file",
            use_cases=_INGESTING,
            per=1,
            events=Series(FILES, {"outcome": "completed", "kind": tuple(FeedKind)}),
        ),
        Cost(
            title="1,000 rows",
            use_cases=_INGESTING,
            per=1000,
            events=Series(ROWS, {"outcome": _STORED}),
        ),
    ),
)

HUB = Dashboard(
    key="hub",
    title="Hub",
    about="Freshness, messages in real time, pending entries and disputes",
    panels=(
        Panel(
            key="freshness",
            title="Age of feeds",
            about="Since a feed's last file was taken over completely.",
            kind=PanelKind.GAUGE,
            series=Series(FEED_AGE),
            by=("feed",),
            show=Show.SECONDS,
            headline=True,
        ),
        Panel(
            key="pending",
            title="Unmatched pending",
            about="Accounts with pending entries that no posting has matched yet.",
            kind=PanelKind.GAUGE,
            series=Series(PENDING_ACCOUNTS),
            by=("feed",),
            headline=True,
        ),
        Panel(
            key="messages",
            title="Messages",
            about="In real time, each second, by what became of them.",
            kind=PanelKind.RATE,
            series=Series(MESSAGES),
            by=("outcome",),
        ),
        Panel(
            key="message-time",
            title="Time to store messages",
            about="Of a batch of up to 100, waits included.",
            kind=PanelKind.QUANTILE,
            series=Series(MESSAGE_SECONDS),
            show=Show.SECONDS,
        ),
        Panel(
            key="waits",
            title="Listeners held back",
            about="Because DynamoDB was over its limits.",
            kind=PanelKind.RATE,
            series=Series(LISTENER_WAITS),
        ),
        Panel(
            key="disputes",
            title="Open disputes",
            about="That wait for the bank.",
            kind=PanelKind.GAUGE,
            series=Series(DISPUTES_OPEN),
            headline=True,
        ),
        Panel(
            key="dispute-age",
            title="Oldest dispute",
            about="How long its customer has waited.",
            kind=PanelKind.GAUGE,
            series=Series(DISPUTE_AGE),
            show=Show.SECONDS,
        ),
        Panel(
            key="pages",
            title="Transaction pages",
            about="Each second, pages and API.",
            kind=PanelKind.RATE,
            series=Series(REQUEST_SECONDS, {"route": ("account", "*transaction", "*transactions")}),
            by=("route",),
        ),
    ),
    probes=(
        Probe(name="feeds", every_s=30, measure=measuring.feeds),
        Probe(name="disputes", every_s=60, measure=measuring.disputes),
        Probe(name="pending", every_s=600, measure=measuring.pending),
    ),
)

DASHBOARDS = (BATCH, HUB)
