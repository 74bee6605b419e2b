"""What a panel draws: its lines, computed from frames."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate

from kernel.dashboards import Labels, Panel, PanelKind, Series
from monitoring.domain.frames import Frame, Value, Values, added, highest

QUANTILES = (0.5, 0.95, 0.99)
LINES_MAX = 18  # what a chart tells apart: six colours, three dashes
_OTHERS = "others"
_ALL = "all"

# By the name of the metric, in order of time, one frame for each step.
Frames = Mapping[str, Sequence[Frame]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`values`: one for each moment of the panel; None where nothing was measured."""

    label: str
    values: list[float | None] = field(repr=False)

    @property
    def last(self) -> float | None:
        return self.values[-1] if self.values else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A panel's lines, the largest first; of more than `LINES_MAX`, the rest is one line."""

    times: list[int] = field(repr=False)
    lines: list[Line]


def drawn(panel: Panel, frames: Frames, looked_at: Iterable[int] = ()) -> Drawn:
    """The panel over these frames. `looked_at`: when processes were asked for their counts, so that
    what none of them had counted then has a rate of 0."""
    steps = frames.get(panel.series.metric.name, ())
    wholes = frames.get(panel.of.metric.name, ()) if panel.of else steps
    by_time = {frame.at: frame for frame in steps}
    whole_by_time = {frame.at: frame for frame in wholes}
    is_rate = panel.kind is PanelKind.RATE
    times = sorted({*by_time, *whole_by_time, *(looked_at if is_rate else ())})
    points = [_point(panel, by_time.get(at), whole_by_time.get(at)) for at in times]
    labels = {label for point in points for label in point}
    if is_rate and times and not labels:
        labels = {_ALL}  # none of its series has ever counted
    # What did nothing has a rate of 0 and no quantile, no value and no ratio.
    silent = 0.0 if is_rate else None
    lines = [
        Line(label=label, values=[point.get(label, silent) for point in points]) for label in labels
    ]
    return Drawn(times=times, lines=_fewer(panel, sorted(lines, key=partial(_order, panel))))


def value_over(panel: Panel, frames: Frames) -> dict[str, float]:
    """What the panel's lines are over all of the frames together, as if they were one step."""
    steps = [*frames.get(panel.series.metric.name, ())]
    wholes = [*frames.get(panel.of.metric.name, ())] if panel.of else []
    return _point(panel, _together(steps), _together(wholes))


def counted(series: Series, frames: Frames) -> float:
    """How much the series grew over all of the frames."""
    steps = frames.get(series.metric.name, ())
    return sum(_amount(v) for f in steps for labels, v in f.values.items() if series.takes(labels))


def quantile(share: float, bounds: Sequence[float], counts: Sequence[float]) -> float | None:
    """The value below which `share` of what was observed lies, as fine as the buckets: between a
    bucket's ends it is taken to be spread evenly, above the last bound it is the last bound."""
    total = sum(counts)
    if not total:
        return None
    rank = share * total
    reached = list(accumulate(counts))
    bucket = bisect_left(reached, rank)
    if bucket >= len(bounds):
        return bounds[-1]
    low = bounds[bucket - 1] if bucket else 0.0
    below = reached[bucket - 1] if bucket else 0.0
    return low + (bounds[bucket] - low) * (rank - below) / counts[bucket]


def _together(frames: Sequence[Frame]) -> Frame | None:
    if not frames:
        return None
    last = frames[-1]
    join = highest if last.kind == "gauge" else added
    seconds = sum(frame.seconds for frame in frames)
    values = join(frame.values for frame in frames)
    return Frame(kind=last.kind, at=last.at, seconds=seconds, values=values)


def _point(panel: Panel, frame: Frame | None, whole: Frame | None) -> dict[str, float]:
    """The value of each line at one moment."""
    if panel.kind is PanelKind.RATIO:
        assert panel.of is not None
        return _shares(_groups(panel, panel.series, frame), _groups(panel, panel.of, whole))
    groups = _groups(panel, panel.series, frame)
    if frame is None:
        return {}
    if panel.kind is PanelKind.QUANTILE:
        return _quantiles(panel, groups)
    if panel.kind in {PanelKind.RATE, PanelKind.USE}:
        rates = {label: _amount(value) / frame.seconds for label, value in groups.items()}
        return _used(rates, _groups(panel, panel.of, whole)) if panel.of else rates
    return {label: value[0] for label, value in groups.items()}


def _groups(panel: Panel, series: Series, frame: Frame | None) -> dict[str, Value]:
    """The series of a frame, joined by the labels that the panel tells apart."""
    if frame is None:
        return {}
    places = [series.metric.label_names.index(name) for name in panel.by]
    join = highest if series.metric.kind == "gauge" else added
    parts: Iterator[Values] = (
        {(_label(labels, places),): value}
        for labels, value in frame.values.items()
        if series.takes(labels)
    )
    return {label: value for (label, *_none), value in join(parts).items()}


def _label(labels: Labels, places: Sequence[int]) -> str:
    return " ".join(labels[place] for place in places) if places else _ALL


def _shares(parts: Mapping[str, Value], wholes: Mapping[str, Value]) -> dict[str, float]:
    shares = {}
    for label, whole in wholes.items():
        part = parts.get(label)
        if total := _amount(whole):
            shares[label] = _amount(part) / total if part else 0.0
    return shares


def _used(rates: Mapping[str, float], allowed: Mapping[str, Value]) -> dict[str, float]:
    return {label: rates.get(label, 0.0) / most for label, (most,) in allowed.items() if most}


def _quantiles(panel: Panel, groups: Mapping[str, Value]) -> dict[str, float]:
    bounds: Sequence[float] = getattr(panel.series.metric, "bounds", ())
    shares = QUANTILES if not panel.by else (0.95,)
    found: dict[str, float] = {}
    for group, (_sum, *counts) in groups.items():
        if len(counts) != len(bounds) + 1:  # kept by a release with other buckets
            continue
        for share in shares:
            value = quantile(share, bounds, counts)
            if value is not None:
                name = f"p{share * 100:g}"
                found[name if not panel.by else f"{group} {name}"] = value
    return found


def _amount(value: Value) -> float:
    """How often: what a counter grew by, or how many values a histogram took."""
    return value[0] if len(value) == 1 else sum(value[1:])


def _order(panel: Panel, line: Line) -> tuple[float, str]:
    """Quantiles as they rise, everything else the largest first."""
    if panel.kind is PanelKind.QUANTILE and not panel.by:
        return 0.0, line.label.zfill(8)
    return -sum(filter(None, line.values)), line.label


def _fewer(panel: Panel, lines: list[Line]) -> list[Line]:
    if len(lines) <= LINES_MAX:
        return lines
    kept, rest = lines[: LINES_MAX - 1], lines[LINES_MAX - 1 :]
    if panel.kind is not PanelKind.RATE:
        return lines[:LINES_MAX]
    columns = zip(*(line.values for line in rest), strict=True)
    return [*kept, Line(label=_OTHERS, values=[sum(filter(None, each)) for each in columns])]
