"""The API and the pages, as their callers meet them."""

from aws.metrics.names import REQUEST_SECONDS
from kernel.dashboards import Cost, Dashboard, Panel, PanelKind, Series, Show

# What requests of customers ask for; the rest works in the background.
_ASKED_FOR = (
    *("http", "accounts.list", "accounts.one", "accounts.page", "transactions.*", "disputes.*"),
    *("statements.list", "statements.one", "statements.read", "shop.*", "cart.show", "cart.put"),
    *("cart.command", "cart.check_out", "orders.list", "orders.one", "orders.progress"),
)

API = Dashboard(
    key="api",
    title="API and pages",
    about="Requests, how they end, and how long they take",
    panels=(
        Panel(
            key="rate",
            title="Requests",
            about="By status, each second.",
            kind=PanelKind.RATE,
            series=Series(REQUEST_SECONDS),
            by=("status",),
            headline=True,
        ),
        Panel(
            key="errors",
            title="Errors",
            about="The share of requests that ended in 5xx.",
            kind=PanelKind.RATIO,
            series=Series(REQUEST_SECONDS, {"status": "5*"}),
            of=Series(REQUEST_SECONDS),
            show=Show.PERCENT,
            headline=True,
        ),
        Panel(
            key="latency",
            title="Latency",
            about="From the first middleware to the last, of all requests.",
            kind=PanelKind.QUANTILE,
            series=Series(REQUEST_SECONDS),
            show=Show.SECONDS,
            headline=True,
        ),
        Panel(
            key="latency-by-route",
            title="Latency by route",
            about="95 of 100 requests are quicker.",
            kind=PanelKind.QUANTILE,
            series=Series(REQUEST_SECONDS),
            by=("route",),
            show=Show.SECONDS,
        ),
        Panel(
            key="routes",
            title="Requests by route",
            about="The busiest first.",
            kind=PanelKind.RATE,
            series=Series(REQUEST_SECONDS),
            by=("route",),
        ),
        Panel(
            key="refused",
            title="Refused requests",
            about="4xx by route: a rise tells of a broken client, or of somebody who tries.",
            kind=PanelKind.RATE,
            series=Series(REQUEST_SECONDS, {"status": "4*"}),
            by=("route",),
        ),
    ),
    costs=(
        Cost(
            title="1,000 requests",
            use_cases=_ASKED_FOR,
            per=1000,
            events=Series(REQUEST_SECONDS),
        ),
    ),
)
