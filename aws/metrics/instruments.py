"""Counters, gauges and histograms, gathered in the process.

Labels are a NamedTuple type of the instrument, so a forgotten or misspelt label is a type error:

    class RowLabels(NamedTuple):
        feed: str

    ROWS = Counter("txhub_rows_total", RowLabels, unit=Unit.COUNT, help="Rows stored.")
    ROWS.add(RowLabels("hub"), 250)

What is gathered only grows (a gauge apart), so each reader takes differences for itself.
"""

import os
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

# 1 ms to 10 s: the talk's figures for a page (54 to 345 ms) fall into buckets of their own.
SECONDS_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
MEASURING = True  # a benchmark turns it off, to tell what counting costs


class Unit(StrEnum):
    """Units, in CloudWatch's words."""

    COUNT = "Count"
    SECONDS = "Seconds"
    BYTES = "Bytes"
    NONE = "None"  # capacity units, ratios


class NoLabels(tuple[()]):
    """The labels of an instrument that has none."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()


L = TypeVar("L", bound=tuple[object, ...])


@dataclass(frozen=True, slots=True)
class Sample:
    """One series at one moment: `value` of a counter or gauge; counts and sums of each bucket of a
    histogram, the last being what lies above all bounds."""

    labels: tuple[str, ...]
    value: float = 0.0
    counts: tuple[int, ...] = ()
    sums: tuple[float, ...] = ()


class Instrument(Generic[L]):
    """A name that is measured. Declare each once, at module level; a second one is refused."""

    kind = "untyped"

    def __init__(self, name: str, labels: type[L], *, unit: Unit, help: str) -> None:
        if name in REGISTRY:
            raise ValueError(f"metric {name!r} is declared twice")
        self.name = name
        self.unit = unit
        self.help = help
        self.label_names: tuple[str, ...] = getattr(labels, "_fields", ())
        self._lock = threading.Lock()
        REGISTRY[name] = self

    def samples(self) -> list[Sample]:
        """Every series, as it stands now."""
        raise NotImplementedError

    def forget(self) -> None:
        """Back to nothing; also frees the lock, which a fork may have caught held."""
        self._lock = threading.Lock()


REGISTRY: "dict[str, Instrument[Any]]" = {}


class Counter(Instrument[L]):
    """A sum that only grows."""

    kind = "counter"

    def __init__(self, name: str, labels: type[L], *, unit: Unit, help: str) -> None:
        super().__init__(name, labels, unit=unit, help=help)
        self._values: dict[L, float] = {}

    def add(self, labels: L, amount: float = 1) -> None:
        if not MEASURING:
            return
        with self._lock:
            self._values[labels] = self._values.get(labels, 0) + amount

    def value(self, labels: L) -> float:
        """What has been counted so far; 0 for a series that never was."""
        return self._values.get(labels, 0)

    def samples(self) -> list[Sample]:
        with self._lock:
            return [Sample(_texts(labels), value) for labels, value in self._values.items()]

    def forget(self) -> None:
        super().forget()
        self._values = {}


class Gauge(Counter[L]):
    """A value that goes up and down; the last one set is the one read."""

    kind = "gauge"

    def set(self, labels: L, value: float) -> None:
        self._values[labels] = value

    def replace(self, values: Mapping[L, float]) -> None:
        """From now on these are all its series: what is not among them is no more."""
        with self._lock:
            self._values = dict(values)


class Histogram(Instrument[L]):
    """How values are spread over fixed buckets; `bounds` are their inclusive upper ends.

    Sums are kept for each bucket: so CloudWatch is told each bucket's own mean, which keeps the
    total exact and percentiles as fine as the buckets.
    """

    kind = "histogram"

    def __init__(
        self,
        name: str,
        labels: type[L],
        *,
        unit: Unit,
        help: str,
        bounds: tuple[float, ...] = SECONDS_BUCKETS,
    ) -> None:
        super().__init__(name, labels, unit=unit, help=help)
        self.bounds = bounds
        self._cells: dict[L, tuple[list[int], list[float]]] = {}

    def observe(self, labels: L, value: float) -> None:
        if not MEASURING:
            return
        bucket = bisect_left(self.bounds, value)
        with self._lock:
            cell = self._cells.get(labels)
            if cell is None:
                size = len(self.bounds) + 1
                cell = self._cells[labels] = ([0] * size, [0.0] * size)
            cell[0][bucket] += 1
            cell[1][bucket] += value

    def count(self, labels: L) -> int:
        """How many values have been observed so far."""
        cell = self._cells.get(labels)
        return sum(cell[0]) if cell else 0

    def samples(self) -> list[Sample]:
        with self._lock:
            return [
                Sample(_texts(labels), counts=tuple(counts), sums=tuple(sums))
                for labels, (counts, sums) in self._cells.items()
            ]

    def forget(self) -> None:
        super().forget()
        self._cells = {}


@contextmanager
def timed(histogram: Histogram[L], labels: L) -> Iterator[None]:
    """Observes how many seconds the block takes, also when it fails."""
    started = time.perf_counter()
    try:
        yield
    finally:
        histogram.observe(labels, time.perf_counter() - started)


def forget_all() -> None:
    """Starts over. A forked child does: what its parent gathered, the parent reports."""
    for instrument in REGISTRY.values():
        instrument.forget()


os.register_at_fork(after_in_child=forget_all)


def _texts(labels: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(map(str, labels))
