"""What operators see of the shop: check-outs, and the actions that they are made of."""

from cart import measuring
from cart.metrics import CHECKOUT_OLDEST, CHECKOUT_SECONDS, CHECKOUTS, SAGA_ACTIONS
from kernel.dashboards import Cost, Dashboard, Panel, PanelKind, Probe, Series, Show

SHOP = Dashboard(
    key="shop",
    title="Shop",
    about="Check-outs as sagas",
    panels=(
        Panel(
            key="open",
            title="Open check-outs",
            about="Running, being taken back, and stuck: not even the sweeps have brought them on.",
            kind=PanelKind.GAUGE,
            series=Series(CHECKOUTS),
            by=("state",),
            headline=True,
        ),
        Panel(
            key="oldest",
            title="Oldest open check-out",
            about="How long ago it began.",
            kind=PanelKind.GAUGE,
            series=Series(CHECKOUT_OLDEST),
            show=Show.SECONDS,
        ),
        Panel(
            key="ended",
            title="Check-outs that ended",
            about="Each second: committed, or rolled back.",
            kind=PanelKind.RATE,
            series=Series(CHECKOUT_SECONDS),
            by=("ended_by",),
            headline=True,
        ),
        Panel(
            key="duration",
            title="Time of a check-out",
            about="Until the cart is free again.",
            kind=PanelKind.QUANTILE,
            series=Series(CHECKOUT_SECONDS),
            show=Show.SECONDS,
            headline=True,
        ),
        Panel(
            key="rolled-back",
            title="Rolled back",
            about="The share of check-outs that were taken back.",
            kind=PanelKind.RATIO,
            series=Series(CHECKOUT_SECONDS, {"ended_by": "*roll_back"}),
            of=Series(CHECKOUT_SECONDS),
            show=Show.PERCENT,
        ),
        Panel(
            key="actions",
            title="Actions",
            about="Attempts each second.",
            kind=PanelKind.RATE,
            series=Series(SAGA_ACTIONS),
            by=("action",),
        ),
        Panel(
            key="trouble",
            title="Actions that were not done",
            about="Refused, or ended in an error, by action and outcome.",
            kind=PanelKind.RATE,
            series=Series(SAGA_ACTIONS, {"outcome": "!done"}),
            by=("action", "outcome"),
        ),
    ),
    probes=(Probe(name="checkouts", every_s=10, measure=measuring.checkouts),),
    costs=(
        Cost(
            title="A check-out",
            use_cases=(
                *("cart.check_out", "cart.commit", "cart.roll_back", "cart.inquire", "cart.hear"),
                *("orders.create", "orders.confirm", "orders.cancel", "payments.*"),
                *("stock.reserve", "stock.release", "stock.sell", "streams.*_on_*"),
            ),
            per=1,
            events=Series(CHECKOUT_SECONDS, {"ended_by": "*commit"}),
        ),
    ),
)

DASHBOARDS = (SHOP,)
