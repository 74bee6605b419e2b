"""The alerts' settings: `settings.ALERTS` overrides any of these."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Conf:
    """`rules_kept_for`: how long a process goes by rules' settings before it reads them again, and
    so how long it takes until changed ones are in force everywhere."""

    rules_kept_for: timedelta = timedelta(seconds=10)


def conf() -> Conf:
    """The settings as they stand now."""
    overrides: dict[str, Any] = getattr(settings, "ALERTS", {})
    return Conf(**overrides)


def bank_zone() -> ZoneInfo:
    """The time zone that customers' quiet hours are in."""
    return ZoneInfo(settings.BANK_TIME_ZONE)
