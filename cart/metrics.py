"""What the shop measures about itself. docs/metrics.md lists it for readers."""

from typing import NamedTuple

from aws.metrics import Counter, Gauge, Histogram, Unit
from aws.metrics.instruments import NoLabels


class ActionLabels(NamedTuple):
    """`outcome`: `done`, `refused`, or the code of the error that it ended in."""

    action: str
    outcome: str


class CheckoutLabels(NamedTuple):
    """`ended_by`: `carts.commit` or `carts.roll_back`."""

    ended_by: str


class StateLabels(NamedTuple):
    """`state`: `running`, `compensating`, or `stuck` (which is one of the two as well)."""

    state: str


SAGA_ACTIONS = Counter(
    "txhub_saga_actions_total",
    ActionLabels,
    unit=Unit.COUNT,
    help="Actions of check-outs, each attempt by itself.",
)
CHECKOUT_SECONDS = Histogram(
    "txhub_checkout_seconds",
    CheckoutLabels,
    unit=Unit.SECONDS,
    help="From the beginning of a check-out until its cart is free again.",
    bounds=(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0, 600.0),
)
CHECKOUTS = Gauge(
    "txhub_checkouts_open",
    StateLabels,
    unit=Unit.COUNT,
    help="Check-outs that have not ended, 200 at the most.",
)
CHECKOUT_OLDEST = Gauge(
    "txhub_checkout_oldest_seconds",
    NoLabels,
    unit=Unit.SECONDS,
    help="Age of the oldest check-out that has not ended; 0 where none is open.",
)
