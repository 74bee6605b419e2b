"""Slots: each day of UTC is cut into equal ones. A slot is called by its end: 1205, or 2400."""

from datetime import UTC, date, datetime, time, timedelta

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


def last_ended(now: datetime, length: timedelta) -> tuple[date, int]:
    """Day and name of the slot that ended last."""
    midnight = _midnight(now.astimezone(UTC).date())
    passed = (now - midnight) // length * length
    if not passed:
        midnight, passed = midnight - _DAY, _DAY
    hours, minutes = divmod(passed // _MINUTE, 60)
    return midnight.date(), 100 * hours + minutes


def end_of(day: date, name: int) -> datetime:
    """When the slot of this day and name ends."""
    hours, minutes = divmod(name, 100)
    return _midnight(day) + timedelta(hours=hours, minutes=minutes)


def shown(name: int) -> str:
    """As people read it: `12:05 UTC`."""
    hours, minutes = divmod(name, 100)
    return f"{hours:02}:{minutes:02} UTC"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
