"""A frame: what all series of one metric did in a stretch of time.

Counters and histograms are kept as what they grew by, gauges as their highest value. So frames of
neighbouring stretches merge into one, exactly, and a process that restarts shows in none of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kernel.dashboards import Labels

# (value,) of a counter or gauge; (sum, count of each bucket ...) of a histogram.
Value = tuple[float, ...]
Values = Mapping[Labels, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """`at`: its end, in seconds since 1970; `seconds`: its length. Series that did nothing are
    left out."""

    kind: str
    at: int
    seconds: float
    values: Values = field(repr=False)


def growth(before: Values, now: Values) -> dict[Labels, Value]:
    """What one process's counters grew by. One that fell has begun anew: then all of it is new."""
    grown = {labels: _difference(before.get(labels), value) for labels, value in now.items()}
    return {labels: value for labels, value in grown.items() if any(value)}


def added(parts: Iterable[Values]) -> dict[Labels, Value]:
    """Sums, series by series."""
    total: dict[Labels, Value] = {}
    for part in parts:
        for labels, value in part.items():
            known = total.get(labels)
            total[labels] = value if known is None else _sum(known, value)
    return total


def highest(parts: Iterable[Values]) -> dict[Labels, Value]:
    """The highest, series by series."""
    top: dict[Labels, Value] = {}
    for part in parts:
        for labels, value in part.items():
            top[labels] = max(value, top.get(labels, value))
    return top


def merged(frames: Sequence[Frame]) -> Frame:
    """One frame for several of one metric, the last of which is the latest."""
    last = frames[-1]
    join = highest if last.kind == "gauge" else added
    return Frame(
        kind=last.kind,
        at=last.at,
        seconds=sum(frame.seconds for frame in frames),
        values=join(frame.values for frame in frames),
    )


def in_steps(frames: Iterable[Frame], step_s: int) -> list[Frame]:
    """Frames merged into steps of this length, which end at multiples of it."""
    steps: dict[int, list[Frame]] = {}
    for frame in frames:
        steps.setdefault((frame.at - 1) // step_s, []).append(frame)
    return [replace(merged(steps[number]), at=(number + 1) * step_s) for number in sorted(steps)]


def _difference(before: Value | None, now: Value) -> Value:
    if before is None or len(before) != len(now):
        return now
    change = tuple(new - old for old, new in zip(before, now, strict=True))
    # The first is a sum, and may fall where negative values are observed; counts never do.
    return now if min(change[1:] or change) < 0 else change


def _sum(one: Value, other: Value) -> Value:
    if len(one) != len(other):  # another release has other buckets: the newer ones count
        return other
    return tuple(a + b for a, b in zip(one, other, strict=True))
