"""Objectives: what people can rely on, and how much of what may go wrong is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kernel.errors import Refused
from monitoring.domain.alarms import Alarm


class BadObjectives(Refused):
    """The file of objectives and alarms cannot be used."""

    code = "bad_objectives"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """`target` (such as 0.999) of the steps of `window_days` are to be good: their value at most
    `limit`. Of a ratio of errors `limit` is not needed: the errors themselves are what is bad.

    `kind` is what it is about: availability, latency, freshness or lag.
    """

    name: str
    title: str
    kind: Literal["availability", "latency", "freshness", "lag"]
    panel: str
    target: float
    limit: float | None = None
    line: str = "*"
    window_days: int = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """`bad` of `total` (requests, or steps of time). `left`: the share of the error budget that is
    left, below 0 where more went wrong than may; None where nothing was measured."""

    bad: float
    total: float
    left: float | None

    @property
    def kept(self) -> float | None:
        """The share that was good."""
        return 1 - self.bad / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Watched:
    """All that the file declares."""

    objectives: tuple[Objective, ...]
    alarms: tuple[Alarm, ...]


def budget(objective: Objective, bad: float, total: float) -> Budget:
    """What is left. With a target of 1 nothing may go wrong at all."""
    allowed = (1 - objective.target) * total
    if not total:
        return Budget(bad=bad, total=total, left=None)
    left = 1 - bad / allowed if allowed else (1.0 if not bad else float("-inf"))
    return Budget(bad=bad, total=total, left=left)


def watched_from(content: Mapping[str, object]) -> Watched:
    """Raises `BadObjectives`, naming the entry that is wrong."""
    objectives = _entries(content, "objectives", Objective)
    alarms = _entries(content, "alarms", Alarm)
    names = [each.name for each in (*objectives, *alarms)]
    if len(set(names)) < len(names):
        raise BadObjectives("two entries have one name")
    return Watched(objectives=tuple(objectives), alarms=tuple(alarms))


def _entries(content: Mapping[str, object], section: str, kind: type) -> list:  # type: ignore[type-arg]
    found = content.get(section, [])
    if not isinstance(found, list):
        raise BadObjectives(f"{section} is no list")
    return [_entry(section, each, kind) for each in found]


def _entry(section: str, fields: object, kind: type) -> object:
    try:
        return kind(**fields)  # type: ignore[arg-type]
    except TypeError as error:
        name = fields.get("name", "?") if isinstance(fields, dict) else "?"
        raise BadObjectives(f"{section}, {name}: {error}") from error
