"""The shop's settings: `settings.CART` overrides any of these."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Conf:
    """`currency`: what empty carts count in. `provider`: the class that payments go through.
    `payment_patience`: for how long an authorisation is waited for. `doubt_swept_after` and
    `checkout_swept_after`: when a sweep takes up a payment in doubt, which has a task of its own
    until then, and a check-out, which takes less than a second, or with a late payment longer.
    """

    currency: str = "GBP"
    provider: str = "cart.provider.Sandbox"
    payment_patience: timedelta = timedelta(minutes=2)
    doubt_swept_after: timedelta = timedelta(seconds=20)
    checkout_swept_after: timedelta = timedelta(seconds=30)


def conf() -> Conf:
    """The settings as they stand now."""
    overrides: dict[str, Any] = getattr(settings, "CART", {})
    return Conf(**overrides)
