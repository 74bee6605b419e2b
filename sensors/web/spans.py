"""The ranges that a chart offers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sensors.domain.readings import NS_PER_S, ns

_MS_NS = 1_000_000
_LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time up to now; `key` names it in addresses."""

    key: str
    label: str
    length: timedelta


SPANS = (
    Span("1h", "Hour", timedelta(hours=1)),
    Span("6h", "6 hours", timedelta(hours=6)),
    Span("1d", "Day", timedelta(days=1)),
    Span("7d", "Week", timedelta(days=7)),
    Span("30d", "30 days", timedelta(days=30)),
)


def span_named(key: str) -> Span:
    """The span of this name; an hour for any other."""
    return next((span for span in SPANS if span.key == key), SPANS[0])


def range_of(span: Span, now: datetime) -> tuple[int, int]:
    """Its first and last moment in ns."""
    end_ns = ns(now) + 1
    return end_ns - int(span.length.total_seconds()) * NS_PER_S, end_ns


def range_from_ms(first_ms: str, end_ms: str) -> tuple[int, int]:
    """A range that a chart asks for. Raises `ValueError` for what is none."""
    first_ns, end_ns = int(first_ms) * _MS_NS, int(end_ms) * _MS_NS
    if not 0 <= first_ns < end_ns or end_ns - first_ns > _LONGEST.total_seconds() * NS_PER_S:
        raise ValueError("no range")
    return first_ns, end_ns
