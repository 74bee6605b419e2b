"""Reading the history. All functions raise `Unavailable`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aws.metrics import use_case
from kernel.dashboards import Panel
from monitoring import live
from monitoring.domain.frames import Frame, in_steps
from monitoring.domain.lines import Drawn, Frames, Line, drawn
from monitoring.domain.tiers import TIERS, Tier, tier_for
from monitoring.live import OpenBlock
from monitoring.metrics import LOOKS
from monitoring.repository.history import HISTORY_REPOSITORY

DAY_S = 86_400
STALE_S = 60  # without a frame for so long, what is shown is old
_POINTS = 180
_STEPS = (10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400)


@dataclass(frozen=True, slots=True)
class Range:
    """From `first`, not included, to `end`: seconds since 1970."""

    first: int
    end: int

    @property
    def step_s(self) -> int:
        """How long a step of a chart is."""
        seconds = self.end - self.first
        return next((step for step in _STEPS if seconds <= step * _POINTS), _STEPS[-1])

    def earlier(self, seconds: int) -> "Range":
        return Range(self.first - seconds, self.end - seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLine:
    """`before`: the same a day earlier, where it was asked for and is known."""

    label: str
    values: list[float | None]
    before: list[float | None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Panels by key, on one grid: a value for each of `times`, None where nothing was measured."""

    times: list[int]
    lines: dict[str, list[ChartLine]]


@use_case("monitoring.history")
def frames(metrics: Iterable[str], wanted: Range, *, now: int) -> dict[str, list[Frame]]:
    """The frames of each metric in the range, as fine as they are kept for one so old and long.

    A coarser tier lags behind by what is not rolled up yet; the finer ones have that.
    """
    names = sorted(set(metrics))
    opened = _opened(names)
    return {name: _of_metric(name, wanted, opened, now) for name in names}


def panels_over(
    panels: Sequence[Panel], wanted: Range, *, now: int, step_s: int | None = None
) -> dict[str, Drawn]:
    """Each panel, by its key, over a range."""
    step = step_s or wanted.step_s
    found = frames(metrics_of(panels) | {LOOKS.name}, wanted, now=now)
    steps: Frames = {name: in_steps(rows, step) for name, rows in found.items()}
    looked_at = [frame.at for frame in steps[LOOKS.name]]
    return {panel.key: drawn(panel, steps, looked_at) for panel in panels}


def chart(panels: Sequence[Panel], wanted: Range, *, now: int, compare: bool) -> Chart:
    """Panels on one grid of time, with the day before beside them where `compare`."""
    step = wanted.step_s
    first = wanted.first // step * step + step
    times = list(range(first, wanted.end + step, step))
    present = panels_over(panels, wanted, now=now, step_s=step)
    before = panels_over(panels, wanted.earlier(DAY_S), now=now, step_s=step) if compare else {}
    return Chart(
        times=times,
        lines={
            panel.key: _on_grid(times, present[panel.key], before.get(panel.key))
            for panel in panels
        },
    )


def _on_grid(times: Sequence[int], present: Drawn, before: Drawn | None) -> list[ChartLine]:
    earlier = {line.label: _by_time(before, line, DAY_S) for line in before.lines} if before else {}
    found = []
    for line in present.lines:
        values = _by_time(present, line, 0)
        known = earlier.get(line.label)
        found.append(
            ChartLine(
                label=line.label,
                values=[values.get(at) for at in times],
                before=[known.get(at) for at in times] if known else None,
            )
        )
    return found


def _by_time(of: Drawn, line: Line, later_s: int) -> dict[int, float | None]:
    return {at + later_s: value for at, value in zip(of.times, line.values, strict=True)}


def metrics_of(panels: Iterable[Panel]) -> set[str]:
    """The names of the metrics that panels need."""
    pairs = ((panel.series, panel.of) for panel in panels)
    return {series.metric.name for pair in pairs for series in pair if series is not None}


def newest_at() -> int | None:
    """When a frame was added last; None: never."""
    found = live.noted("collected_at")
    return int(found) if found else None


def _opened(metrics: Sequence[str]) -> Mapping[tuple[OpenBlock, str], list[Frame]]:
    return live.frames_of(live.open_blocks(), metrics)


def _of_metric(
    metric: str, wanted: Range, opened: Mapping[tuple[OpenBlock, str], list[Frame]], now: int
) -> list[Frame]:
    coarsest = tier_for(wanted.first, wanted.end, now)
    tiers = [tier for tier in reversed(TIERS) if tier.step_s <= coarsest.step_s]
    found: list[Frame] = []
    reached = wanted.first
    for tier in tiers:
        kept = max(reached, now - tier.kept_s)
        if kept >= wanted.end:
            continue
        part = _of_tier(metric, tier, Range(kept, wanted.end), opened, now)
        found += part
        reached = part[-1].at if part else reached
    return found


def _of_tier(
    metric: str,
    tier: Tier,
    wanted: Range,
    opened: Mapping[tuple[OpenBlock, str], list[Frame]],
    now: int,
) -> list[Frame]:
    """Closed blocks are read after the open ones: what was closed meanwhile is in both."""
    rows = {
        frame.at: frame
        for (block, name), frames in opened.items()
        if name == metric and block.tier is tier
        for frame in frames
        if wanted.first < frame.at <= wanted.end
    }
    first_open = min(rows, default=wanted.end + 1)
    if _may_be_closed(tier, wanted, first_open, now):
        stored = HISTORY_REPOSITORY.frames(metric, tier, wanted.first, wanted.end)
        rows = {frame.at: frame for frame in stored} | rows
    return [rows[at] for at in sorted(rows)]


def _may_be_closed(tier: Tier, wanted: Range, first_open: int, now: int) -> bool:
    """Nothing is asked for that cannot be there: a block is written when it ends."""
    has_ended = tier.ends(tier.block(wanted.first + 1)) <= now
    return has_ended and first_open - wanted.first > tier.step_s
