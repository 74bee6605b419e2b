"""Identity's settings: `settings.IDENTITY` overrides any of these."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Conf:
    """Times are in seconds.

    Within `attempts_window_s`, one e-mail address may fail to sign in `attempts_per_email` times,
    and one network address `attempts_per_address` times.
    A session ends after `session_idle_s` without a request, and after `session_s_max` anyway.
    `trusted_proxies`: how many proxies of ours stand before us and add to `X-Forwarded-For`.
    """

    attempts_window_s: int = 900
    attempts_per_email: int = 10
    attempts_per_address: int = 100
    session_idle_s: int = 900
    session_s_max: int = 8 * 3600
    trusted_proxies: int = 0


def conf() -> Conf:
    """The settings as they stand now."""
    overrides: dict[str, Any] = getattr(settings, "IDENTITY", {})
    return Conf(**overrides)
