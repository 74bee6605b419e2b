"""Monitoring's settings: `settings.MONITORING` overrides any of these."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Conf:
    """DynamoDB on demand, a million request units: the prices of us-east-1 since November 2024."""

    read_price: float = 0.125
    write_price: float = 0.625
    currency: str = "USD"


def conf() -> Conf:
    """The settings as they stand now."""
    overrides: dict[str, Any] = getattr(settings, "MONITORING", {})
    return Conf(**overrides)
