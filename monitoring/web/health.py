"""How each part is, at a glance: the worst of its alarms, and whether it was measured at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kernel.dashboards import Dashboard
from monitoring.domain.alarms import INCIDENT, Alarm, State, Status
from monitoring.repository.alarms import ALARM_REPOSITORY
from monitoring.watched import watched


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An alarm with where it stands; None where it was never looked at."""

    alarm: Alarm
    state: State | None

    @property
    def is_incident(self) -> bool:
        return self.state is not None and self.state.status in INCIDENT

    @property
    def mark(self) -> str:
        """The word that the page shows, and the class that draws its mark."""
        return self.state.status.value if self.state else "unknown"

    @property
    def board(self) -> str:
        return self.alarm.panel.partition(".")[0]

    @property
    def panel_key(self) -> str:
        return self.alarm.panel.partition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A dashboard on the overview."""

    board: Dashboard
    word: str
    mark: str
    firing: list[Standing]
    figures: list[dict[str, Any]]


def standings() -> list[Standing]:
    """All alarms: those that fire first, then in the order of the file. Raises `Unavailable`."""
    states = ALARM_REPOSITORY.all(alarm.name for alarm in watched().alarms)
    found = [Standing(alarm=alarm, state=states.get(alarm.name)) for alarm in watched().alarms]
    return sorted(found, key=lambda each: _ORDER.index(each.mark))


def word_for(board: Dashboard, all_standings: Iterable[Standing], *, is_measured: bool) -> str:
    """Failing, degraded, watch, fine, or no data."""
    ours = [each for each in all_standings if each.board == board.key]
    incidents = [each for each in ours if each.is_incident]
    if any(each.alarm.severity == "page" for each in incidents):
        return "failing"
    if incidents:
        return "degraded"
    if any(each.mark == Status.PENDING for each in ours):
        return "watch"
    return "fine" if is_measured else "no data"


def firing_of(board: Dashboard, all_standings: Iterable[Standing]) -> list[Standing]:
    return [each for each in all_standings if each.board == board.key and each.is_incident]


_ORDER = (*(s.value for s in (Status.FIRING, Status.RESOLVING, Status.PENDING)), "unknown", "ok")
MARKS: Mapping[str, str] = {
    "failing": "is-failed",
    "degraded": "is-degraded",
    "watch": "is-running",
    "fine": "is-completed",
    "no data": "is-unknown",
}
