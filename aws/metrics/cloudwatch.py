"""Metrics to CloudWatch: differences since the last report, in batches, off the request path.

A histogram goes as `Values` and `Counts`, one value for each bucket: the mean of what fell into it.
Sums and averages in CloudWatch are then exact, percentiles as fine as the buckets.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import structlog

from aws.errors import translated
from aws.metrics.calls import use_case
from aws.metrics.instruments import NoLabels, Sample
from aws.metrics.names import METRICS_DROPPED
from aws.metrics.snapshots import Family
from aws.sessions import client
from kernel.clock import Clock, utc_now
from kernel.errors import HubError

log = structlog.get_logger(__name__)
Point = dict[str, Any]

_BATCH_POINTS = 500  # CloudWatch takes 1,000 metrics or 1 MB in one request


class CloudWatch:
    """A sink. What CloudWatch does not take waits for the next report, the oldest gives way."""

    def __init__(
        self, namespace: str, *, backlog_max: int = 20_000, clock: Clock = utc_now
    ) -> None:
        self._namespace = namespace
        self._backlog: deque[Point] = deque()
        self._backlog_max = backlog_max
        self._clock = clock
        self._told: dict[tuple[str, tuple[str, ...]], Sample] = {}

    @use_case("metrics.report")
    def send(self, families: Sequence[Family]) -> None:
        """Sends what has changed since the last call, and what had to wait. Raises no error."""
        self._backlog.extend(self._points(families, self._clock()))
        self._drop_oldest()
        while self._backlog:
            batch = [self._backlog[i] for i in range(min(_BATCH_POINTS, len(self._backlog)))]
            try:
                with translated():
                    client("cloudwatch").put_metric_data(
                        Namespace=self._namespace, MetricData=batch
                    )
            except HubError as error:
                log.warning("metrics_wait", waiting=len(self._backlog), reason=error.message)
                return
            for _point in batch:
                self._backlog.popleft()

    def close(self) -> None:
        """Nothing is held open."""

    def _drop_oldest(self) -> None:
        surplus = max(0, len(self._backlog) - self._backlog_max)
        for _ in range(surplus):
            self._backlog.popleft()
        if surplus:
            METRICS_DROPPED.add(NoLabels(), surplus)

    def _points(self, families: Sequence[Family], now: datetime) -> Iterator[Point]:
        for family in families:
            for sample in family.samples:
                key = (family.name, sample.labels)
                known = self._told.get(key)
                if sample == known:
                    continue
                self._told[key] = sample
                yield {
                    "MetricName": family.name,
                    "Dimensions": _dimensions(family, sample),
                    "Timestamp": now,
                    "Unit": family.unit,
                    **_change(family, sample, known),
                }


def _dimensions(family: Family, sample: Sample) -> list[dict[str, str]]:
    pairs = zip(family.label_names, sample.labels, strict=True)
    return [{"Name": name, "Value": value} for name, value in pairs if value]


def _change(family: Family, sample: Sample, known: Sample | None) -> Point:
    if family.kind == "gauge":
        return {"Value": sample.value}
    if family.kind == "counter":
        return {"Value": sample.value - (known.value if known else 0)}
    size = len(sample.counts)
    counts_before = known.counts if known else (0,) * size
    sums_before = known.sums if known else (0.0,) * size
    counts = [new - old for new, old in zip(sample.counts, counts_before, strict=True)]
    sums = [new - old for new, old in zip(sample.sums, sums_before, strict=True)]
    filled = [(total / count, count) for total, count in zip(sums, counts, strict=True) if count]
    return {"Values": [mean for mean, _ in filled], "Counts": [float(n) for _, n in filled]}
