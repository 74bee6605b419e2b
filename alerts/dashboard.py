"""What operators see of Second Look."""

from alerts.metrics import ALERTS, ANSWERS, LOOK_SECONDS, LOOKED_AT
from kernel.dashboards import Cost, Dashboard, Panel, PanelKind, Series, Show

SECOND_LOOK = Dashboard(
    key="alerts",
    title="Second Look",
    about="Transactions, and what customers are alerted to",
    panels=(
        Panel(
            key="transactions",
            title="Transactions",
            about="Taken each second: news, and what profiles only learn from.",
            kind=PanelKind.RATE,
            series=Series(LOOKED_AT),
            by=("taken",),
            headline=True,
        ),
        Panel(
            key="lag",
            title="From write to alert",
            about="Of news; to the second, as streams tell the time.",
            kind=PanelKind.QUANTILE,
            series=Series(LOOK_SECONDS),
            show=Show.SECONDS,
            headline=True,
        ),
        Panel(
            key="raised",
            title="Alerts raised",
            about="Each second, by rule.",
            kind=PanelKind.RATE,
            series=Series(ALERTS, {"did": "raised"}),
            by=("rule",),
            headline=True,
        ),
        Panel(
            key="taken-back",
            title="Alerts taken back",
            about="Each second, by rule: what came later showed that they do not hold.",
            kind=PanelKind.RATE,
            series=Series(ALERTS, {"did": "taken_back"}),
            by=("rule",),
        ),
        Panel(
            key="helpful",
            title="Helpful",
            about="The share of answers that call an alert helpful, by rule.",
            kind=PanelKind.RATIO,
            series=Series(ANSWERS, {"said": "helpful"}),
            of=Series(ANSWERS, {"said": ("helpful", "not_helpful")}),
            by=("rule",),
            show=Show.PERCENT,
        ),
    ),
    costs=(
        Cost(
            title="1,000 transactions looked at",
            use_cases=("alerts.second_look",),
            per=1000,
            events=Series(LOOKED_AT),
        ),
    ),
)

DASHBOARDS = (SECOND_LOOK,)
