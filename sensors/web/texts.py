"""Moments and values as templates take them."""

import math
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = 6
_NONE = "\u2013"
_MINUS = "\u2212"  # a hyphen is shorter than a plus and is not read as "minus"


def moment_of(at: int) -> datetime:
    """A time in ns since 1970, cut to the microsecond."""
    return _EPOCH + timedelta(microseconds=at // 1000)


def value_text(value: float | None) -> str:
    """A value to six digits; a dash for none."""
    if value is None or math.isnan(value):
        return _NONE
    return f"{value:.{_DIGITS}g}".replace("-", _MINUS).replace("inf", "∞")
