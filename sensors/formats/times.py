"""RFC 3339 times, to the nanosecond."""

import re
from datetime import datetime
from typing import Literal

import numpy as np

from sensors.domain.readings import NS_PER_S, Ints

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")


def instant(text: str) -> int:
    """A time as ns since 1970. Raises `ValueError` with what is wrong, without quoting it."""
    match = _TIME.fullmatch(text)
    try:
        whole = datetime.fromisoformat(f"{match[1]}{match[3]}") if match else None
    except ValueError:
        whole = None
    if match is None or whole is None:
        raise ValueError("not a time such as 2026-03-01T12:00:00Z or 2026-03-01T12:00:00.5+00:00")
    return int(whole.timestamp()) * NS_PER_S + int((match[2] or "").ljust(9, "0"))


def texts(at: Ints) -> list[str]:
    """Times as text, in UTC, with as many decimals as all of them need."""
    decimals = next(unit for unit, ns in _UNITS if not (at % ns).any())
    return [f"{each}Z" for each in np.datetime_as_string(at.view("datetime64[ns]"), unit=decimals)]


_Unit = Literal["s", "ms", "us", "ns"]
_UNITS: tuple[tuple[_Unit, int], ...] = (
    ("s", NS_PER_S),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
)
