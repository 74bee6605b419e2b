"""A range of readings as stretches, as few points for a chart, and as buckets of statistics.

Where a bin alone covers a stretch of time, its summary stands for it and it stays packed. Where
bins overlap (late readings, a consumer that died), or a border cuts through, they are opened and
united, so nothing counts twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from tsdownsample import MinMaxLTTBDownsampler

from sensors.domain.bins import Bin, Summary, summarise
from sensors.domain.readings import NONE, NS_PER_S, Readings, between, readings, union

POINTS_MIN = 3  # the first, the last and one between
_GAP_NS = 600 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Stretch:
    """Readings that overlap with no others: a bin of which all are wanted, or readings opened."""

    closed: Bin | None
    opened: Readings

    def readings(self) -> Readings:
        return self.opened if self.closed is None else self.closed.readings()

    def summary(self) -> Summary:
        return summarise(self.opened) if self.closed is None else self.closed.summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The readings from `begin` on and before `end` (ns): how many, and what they are like.

    `lowest`, `mean` and `highest` leave NaN out; they are None where no number is left.
    """

    begin: int
    end: int
    count: int
    lowest: float | None
    mean: float | None
    highest: float | None


def stretches(bins: Iterable[Bin], tail: Readings, first_ns: int, end_ns: int) -> Iterator[Stretch]:
    """All readings from `first_ns` on and before `end_ns`, each in one stretch, in order."""
    parts: list[tuple[int, int, Bin | Readings]] = [
        (bin.summary.first.at, bin.summary.last.at, bin) for bin in bins
    ]
    parts += [(int(run["at"][0]), int(run["at"][-1]), run) for run in _runs(tail)]
    for group in _overlapping(sorted(parts, key=lambda part: part[:2])):
        (first, last, only), *others = group
        if isinstance(only, Bin) and not others and first_ns <= first and last < end_ns:
            yield Stretch(only, NONE)
            continue
        opened = union(_opened(part) for _first, _last, part in group)
        if len(inside := between(opened, first_ns, end_ns)):
            yield Stretch(None, inside)


def downsampled(parts: Sequence[Stretch], points: int) -> Readings:
    """About `points` readings of them that draw like all (MinMaxLTTB); NaN is left out.

    With as many bins as points, each bin is looked at by its summary alone: its first, lowest,
    highest and last reading.
    """
    if sum(part.closed is not None for part in parts) >= points:
        drawn = union(_extremes(part) for part in parts)
    else:
        drawn = union(part.readings() for part in parts)
    drawn = _where(drawn, ~np.isnan(drawn["value"]))
    if len(drawn) <= points:
        return drawn
    at, values = (np.ascontiguousarray(drawn[column]) for column in ("at", "value"))
    chosen = MinMaxLTTBDownsampler().downsample(at, values, n_out=points)
    return _where(drawn, np.unique(chosen))


def buckets(parts: Sequence[Stretch], first_ns: int, end_ns: int, count: int) -> list[Bucket]:
    """Statistics of `count` equal parts of the range; empty ones are left out."""
    borders = [first_ns + (end_ns - first_ns) * each // count for each in range(count + 1)]
    summaries: dict[int, list[Summary]] = {}
    for part in parts:
        for summary in _within(part, borders):
            index = int(np.searchsorted(borders, summary.first.at, side="right")) - 1
            summaries.setdefault(index, []).append(summary)
    return [
        _bucket(borders[index], borders[index + 1], inside)
        for index, inside in sorted(summaries.items())
    ]


def _where(given: Readings, chosen: npt.NDArray[Any]) -> Readings:
    picked: Readings = given[chosen]
    return picked


def _runs(tail: Readings) -> list[Readings]:
    """A tail in runs: one late reading must not make it overlap with all that came since."""
    gaps = np.flatnonzero(np.diff(tail["at"]) > _GAP_NS) + 1
    return np.split(tail, gaps) if len(tail) else []


def _overlapping(
    parts: Sequence[tuple[int, int, Bin | Readings]],
) -> Iterator[list[tuple[int, int, Bin | Readings]]]:
    """Parts in order of their first reading, together where they overlap."""
    group: list[tuple[int, int, Bin | Readings]] = []
    reach = 0
    for part in parts:
        if group and part[0] > reach:
            yield group
            group = []
        reach = part[1] if not group else max(reach, part[1])
        group.append(part)
    if group:
        yield group


def _opened(part: Bin | Readings) -> Readings:
    return part.readings() if isinstance(part, Bin) else part


def _extremes(part: Stretch) -> Readings:
    if part.closed is None:
        return part.opened
    summary = part.closed.summary
    points = (summary.first, summary.lowest, summary.highest, summary.last)
    return readings([point.at for point in points], [point.value for point in points])


def _within(part: Stretch, borders: Sequence[int]) -> Iterator[Summary]:
    """The summary of a stretch, or of its pieces where borders cut it."""
    summary = part.summary()
    low, high = np.searchsorted(borders, (summary.first.at, summary.last.at), side="right")
    if low == high:
        yield summary
        return
    opened = part.readings()
    for begin, end in zip(borders[low - 1 : high], borders[low : high + 1], strict=True):
        if len(piece := between(opened, begin, end)):
            yield summarise(piece)


def _bucket(begin: int, end: int, summaries: Sequence[Summary]) -> Bucket:
    numbers = sum(summary.numbers for summary in summaries)
    some = [summary for summary in summaries if summary.numbers]
    return Bucket(
        begin=begin,
        end=end,
        count=sum(summary.count for summary in summaries),
        lowest=min((summary.lowest.value for summary in some), default=None),
        mean=sum(summary.total for summary in some) / numbers if numbers else None,
        highest=max((summary.highest.value for summary in some), default=None),
    )
