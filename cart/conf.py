"""The shop's settings: `settings.CART` overrides any of these."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings


class Variant(StrEnum):
    """How a check-out gets from step to step. The steps are the same."""

    CHOREOGRAPHED = "choreographed"  # each service acts on the others' streams
    ORCHESTRATED = "orchestrated"  # a Step Functions state machine tells them what to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Conf:
    """`currency`: what empty carts count in. `provider`: the class that payments go through.
    `payment_patience`: for how long an authorisation is waited for. `doubt_swept_after` and
    `checkout_swept_after`: when a sweep takes up a payment in doubt, which has a task of its own
    until then, and a check-out, which takes less than a second, or with a late payment longer.
    `execution_patience`: how long an execution of the state machine may take.
    """

    saga: Variant = Variant.CHOREOGRAPHED

    currency: str = "GBP"
    provider: str = "cart.provider.Sandbox"
    payment_patience: timedelta = timedelta(minutes=2)
    doubt_swept_after: timedelta = timedelta(seconds=20)
    checkout_swept_after: timedelta = timedelta(seconds=30)
    execution_patience: timedelta = timedelta(minutes=1)

    def __post_init__(self) -> None:
        Variant(self.saga)  # a name that there is not, is no variant


def conf() -> Conf:
    """The settings as they stand now."""
    overrides: dict[str, Any] = getattr(settings, "CART", {})
    return Conf(**overrides)
