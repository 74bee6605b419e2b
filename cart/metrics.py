"""What the shop measures about itself. docs/metrics.md lists it for readers."""

from typing import NamedTuple

from aws.metrics import Counter, Histogram, Unit


class ActionLabels(NamedTuple):
    """`outcome`: `done`, `refused`, or the code of the error that it ended in."""

    action: str
    outcome: str


class CheckoutLabels(NamedTuple):
    """`ended_by`: `carts.commit` or `carts.roll_back`."""

    ended_by: str


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
