"""A deployment whose processes report what a test says, with a clock that the test moves.

The history, Redis and DynamoDB are real; each world has names of its own in both.
"""

import secrets
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.test import override_settings

from aws.metrics.instruments import Instrument, Sample
from aws.metrics.names import REQUEST_SECONDS
from aws.metrics.neighbours import Neighbours
from aws.metrics.snapshots import Family
from kernel.clock import epoch_s
from kernel.dashboards import Metric
from monitoring import live, queries
from monitoring.domain.alarms import INCIDENT, Alarm, State
from monitoring.domain.frames import Frame
from monitoring.queries import Range
from monitoring.repository.alarms import ALARM_REPOSITORY
from monitoring.services import evaluating
from monitoring.services.collecting import Collector
from monitoring.watched import watched

NOON = datetime(2026, 5, 4, 12, 3, tzinfo=UTC)


@dataclass
class World:
    """`now` is the time of everything in it."""

    now: datetime = NOON
    processes: dict[str, Neighbours] = field(default_factory=dict)
    families: dict[str, dict[str, Family]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name = f"test-{secrets.token_hex(6)}"
        caches: dict[str, Any] = {
            "default": {**settings.CACHES["default"], "KEY_PREFIX": self.name}
        }
        self._settings = override_settings(CACHES=caches, MONITORING_OBJECTIVES=self._own_alarms())
        self._settings.enable()
        # Days apart, so that no two worlds share a block of the history.
        self.now = NOON + timedelta(days=secrets.randbelow(30_000))
        self.collector = self.new_collector("first")

    def close(self) -> None:
        self._settings.disable()
        watched.cache_clear()

    def _own_alarms(self) -> str:
        """The alarms that are shipped, under names of this world's own."""
        shipped = yaml.safe_load(Path(settings.MONITORING_OBJECTIVES).read_text())
        for entry in (*shipped["alarms"], *shipped["objectives"]):
            entry["name"] = f"{entry['name']}-{self.name}"
        path = Path(tempfile.mkdtemp()) / "objectives.yaml"
        path.write_text(yaml.safe_dump(shipped))
        watched.cache_clear()
        return str(path)

    def looks(self, rounds: int = 1, *, every_s: int = 10) -> None:
        """Rounds in which the alarms are evaluated too."""
        for _round in range(rounds):
            self.ticks(every_s=every_s)
            evaluating.look(clock=lambda: self.now)

    def alarm(self, name: str) -> State:
        """Where an alarm of this world stands."""
        found = ALARM_REPOSITORY.find(f"{name}-{self.name}")
        assert found is not None
        return found

    def new_collector(self, owner: str) -> Collector:
        return Collector(owner, self._neighbours("monitor"), clock=lambda: self.now)

    def counts(self, process: str, metric: Metric, **series: float) -> None:
        """The process reports these values of a metric's first label, all others being `x`."""
        self._report(
            process, metric, [Sample(self._labels(metric, k), v) for k, v in series.items()]
        )

    def measured(self, metric: Instrument[Any], **where: str) -> None:
        """This very process reports what it has measured, of the series with these labels."""
        kept = [
            each
            for each in metric.samples()
            if where.items() <= dict(zip(metric.label_names, each.labels, strict=True)).items()
        ]
        self._report("here@a/1", metric, kept)

    def firing(self) -> list[Alarm]:
        """The alarms of this world that are in an incident."""
        names = [alarm.name for alarm in watched().alarms]
        states = ALARM_REPOSITORY.all(names)
        return [
            alarm
            for alarm in watched().alarms
            if alarm.name in states and states[alarm.name].status in INCIDENT
        ]

    def requests(self, process: str, counts: tuple[int, ...], *, status: str = "200") -> None:
        """The process reports so many requests in each bucket."""
        sample = Sample(("page", "GET", status), counts=counts, sums=tuple(map(float, counts)))
        known = self.families.get(process, {}).get(REQUEST_SECONDS.name)
        others = [each for each in known.samples if each.labels != sample.labels] if known else []
        self._report(process, REQUEST_SECONDS, [*others, sample])

    def falls_silent(self, process: str) -> None:
        """It writes no more; what it wrote grows old."""
        self.families.pop(process)

    def ends(self, process: str) -> None:
        self._neighbours(process).close()
        self.processes.pop(process)
        self.families.pop(process)

    def ticks(self, rounds: int = 1, *, every_s: int = 10) -> None:
        """Rounds, all processes reporting in each."""
        for _round in range(rounds):
            self.now += timedelta(seconds=every_s)
            for process, families in self.families.items():
                self._neighbours(process).send(list(families.values()))
            self.collector.tick()

    def frames(self, metric: Metric, seconds: int) -> list[Frame]:
        """What the history has of the last seconds."""
        end = epoch_s(self.now)
        return queries.frames([metric.name], Range(end - seconds, end), now=end)[metric.name]

    def total(self, metric: Metric, seconds: int) -> float:
        """How much all series of a counter grew."""
        return sum(v[0] for f in self.frames(metric, seconds) for v in f.values.values())

    def open_tiers(self) -> list[str]:
        return sorted({block.tier.letter for block in live.open_blocks()})

    def _report(self, process: str, metric: Metric, samples: list[Sample]) -> None:
        family = Family(
            name=metric.name,
            kind=metric.kind,
            unit="Count",
            help="",
            label_names=metric.label_names,
            bounds=getattr(metric, "bounds", ()),
            samples=tuple(samples),
        )
        self.families.setdefault(process, {})[metric.name] = replace(family)

    def _neighbours(self, process: str) -> Neighbours:
        if process not in self.processes:
            self.processes[process] = Neighbours(
                settings.REDIS_URL, self.name, process, now=lambda: self.now.timestamp()
            )
        return self.processes[process]

    @staticmethod
    def _labels(metric: Metric, first: str) -> tuple[str, ...]:
        return (first, *("x" for _name in metric.label_names[1:]))
