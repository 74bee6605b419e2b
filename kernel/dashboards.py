"""What an app declares for its operators in `<app>/dashboard.py`:

    DASHBOARDS = (
        Dashboard(
            key="sensors",
            title="Sensors",
            about="Readings from devices into bins",
            panels=(
                Panel(
                    key="readings",
                    title="Readings",
                    about="Taken in, and packed into bins.",
                    kind=PanelKind.RATE,
                    series=Series(READINGS),
                    by=("step",),
                ),
            ),
        ),
    )

`monitoring` finds it as Django finds `admin.py`. A panel names its metric by the constant that
declares it, so a typo is a type error; a label that the metric lacks is refused on import.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Protocol

Labels = tuple[str, ...]


class Metric(Protocol):
    """An instrument of `aws.metrics`, as far as a panel needs to know it."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def label_names(self) -> Labels: ...


class PanelKind(StrEnum):
    """What is drawn of the series that a panel takes."""

    RATE = "rate"  # a counter's growth a second; of a histogram, how often it was observed
    GAUGE = "gauge"  # the value that was set, the highest of all processes
    QUANTILE = "quantile"  # a line for each quantile of a histogram
    RATIO = "ratio"  # the share of the series among those of `of`
    USE = "use"  # a counter's growth a second, as a share of what the gauge of `of` allows


class Show(StrEnum):
    """How numbers are written."""

    NUMBER = "number"
    SECONDS = "seconds"
    BYTES = "bytes"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Series:
    """The series of a metric whose labels match all of `where`.

    A pattern is a value, `5*` for what begins so, or either with `!` before it for all others;
    of several in a tuple one is enough.
    """

    metric: Metric
    where: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_labels(self.metric, self.where)

    def takes(self, labels: Labels) -> bool:
        """Whether the series with these labels is one of them."""
        values = dict(zip(self.metric.label_names, labels, strict=True))
        return all(_matches(values[name], wanted) for name, wanted in self.where.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A chart, or a number. `by`: a line for each combination of these labels; one for all without.

    `headline`: its last value stands on the overview.
    """

    key: str
    title: str
    about: str
    kind: PanelKind
    series: Series
    of: Series | None = None
    by: Labels = ()
    show: Show = Show.NUMBER
    headline: bool = False

    def __post_init__(self) -> None:
        _check_labels(self.series.metric, self.by)
        self._check_kind(self.series, _KINDS[self.kind])
        whole = _WHOLES.get(self.kind, ())
        if bool(whole) != (self.of is not None):
            raise ValueError(f"panel {self.key!r}: a share, and nothing else, is of something")
        if self.of is not None:
            _check_labels(self.of.metric, self.by)
            self._check_kind(self.of, whole)

    def _check_kind(self, series: Series, kinds: Labels) -> None:
        if series.metric.kind not in kinds:
            raise ValueError(f"panel {self.key!r}: a {self.kind} is made of a {' or '.join(kinds)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Sets gauges that nobody sets by the way: how many jobs are stuck, how old a feed is.

    One process calls `measure` every `every_s` seconds. It may raise any of the kernel's errors;
    then the gauges keep what they said.
    """

    name: str
    every_s: int
    measure: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What DynamoDB costs for something that people count: units that `use_cases` (patterns)
    consumed, for each `per` of what `events` count."""

    title: str
    use_cases: Labels
    per: int
    events: Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A page of panels under `/ops/<key>/`, and what belongs to it."""

    key: str
    title: str
    about: str
    panels: tuple[Panel, ...]
    probes: tuple[Probe, ...] = ()
    costs: tuple[Cost, ...] = ()

    def __post_init__(self) -> None:
        keys = [panel.key for panel in self.panels]
        if len(set(keys)) < len(keys):
            raise ValueError(f"dashboard {self.key!r} has two panels of one key")

    def panel(self, key: str) -> Panel | None:
        return next((panel for panel in self.panels if panel.key == key), None)


_KINDS = {
    PanelKind.RATE: ("counter", "histogram"),
    PanelKind.GAUGE: ("gauge",),
    PanelKind.QUANTILE: ("histogram",),
    PanelKind.RATIO: ("counter", "histogram"),
    PanelKind.USE: ("counter",),
}
_WHOLES: Mapping[PanelKind, Labels] = {
    PanelKind.RATIO: ("counter", "histogram"),
    PanelKind.USE: ("gauge",),
}


def matches(value: str, pattern: str) -> bool:
    """Whether a label's value matches a pattern of `Series`."""
    if pattern.startswith("!"):
        return not fnmatchcase(value, pattern[1:])
    return fnmatchcase(value, pattern)


def _matches(value: str, wanted: str | tuple[str, ...]) -> bool:
    patterns = (wanted,) if isinstance(wanted, str) else wanted
    return any(matches(value, pattern) for pattern in patterns)


def _check_labels(metric: Metric, names: Mapping[str, object] | Labels) -> None:
    unknown = set(names) - set(metric.label_names)
    if unknown:
        raise ValueError(f"{metric.name} has no label {', '.join(sorted(unknown))}")
