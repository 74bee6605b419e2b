"""Time is an argument. What needs the time takes a `Clock`; only doors choose `utc_now`."""

from collections.abc import Callable
from datetime import UTC, date, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time now, timezone-aware, in UTC."""
    return datetime.now(UTC)


def epoch_s(moment: datetime) -> int:
    """Whole seconds since 1970-01-01T00:00Z: what DynamoDB's TTL and our leases are counted in."""
    return int(moment.timestamp())


def days_between(first: date, last: date) -> int:
    """How many days a range covers, both ends counted: 1 for a single day."""
    return (last - first).days + 1
