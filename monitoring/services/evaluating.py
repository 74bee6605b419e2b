"""Evaluates all alarms, and computes the error budgets.

A change of an alarm is a conditional write; whoever wins it tells people. What was not told before
its process died stands in the state as `untold`, and the next round tells it: people may hear of a
change twice, and never not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from aws.metrics import use_case
from aws.metrics.instruments import NoLabels
from kernel.clock import Clock, epoch_s, utc_now
from kernel.dashboards import Panel, PanelKind, matches
from kernel.errors import HubError
from monitoring import live, queries
from monitoring.declared import panel_named
from monitoring.domain.alarms import Alarm, State, Status, step
from monitoring.domain.frames import Frame
from monitoring.domain.lines import Frames, counted, value_over
from monitoring.domain.objectives import Budget, Objective, budget
from monitoring.metrics import LOOKS, STANDING, AlarmLabels
from monitoring.queries import Range
from monitoring.repository.alarms import ALARM_REPOSITORY, AlarmMoved, Happened
from monitoring.services.telling import tell
from monitoring.watched import watched

log = structlog.get_logger(__name__)
_DAY_S = 86_400
_LATE_S = 15  # a frame may come so late


@use_case("monitoring.alarms")
def look(*, clock: Clock = utc_now) -> dict[str, State]:
    """One round over all alarms; where each stands now. Raises `Unavailable`."""
    now = clock()
    alarms = watched().alarms
    values = _values(alarms, now)
    before = ALARM_REPOSITORY.all(alarm.name for alarm in alarms)
    after = {
        alarm.name: _settled(alarm, before.get(alarm.name), values[alarm.name], now)
        for alarm in alarms
    }
    live.note("alarm_values", {"at": epoch_s(now), "values": values})
    _measure(after)
    LOOKS.add(NoLabels())
    return after


@use_case("monitoring.budgets")
def budgets(*, clock: Clock = utc_now) -> dict[str, Budget]:
    """What is left of each objective's error budget."""
    now = epoch_s(clock())
    return {each.name: _budget(each, now) for each in watched().objectives}


def note_budgets(*, clock: Clock = utc_now) -> None:
    """Computes them for the pages to show."""
    found = budgets(clock=clock)
    shown = {name: [each.bad, each.total, each.left] for name, each in found.items()}
    live.note("budgets", {"at": epoch_s(clock()), "budgets": shown})


def worst(alarm: Alarm, lines: Mapping[str, float]) -> float | None:
    """The value that counts: the highest of the lines, or the lowest where low is bad."""
    found = [value for label, value in lines.items() if matches(label, alarm.line)]
    if not found:
        return None
    return max(found) if alarm.side == "above" else min(found)


def _values(alarms: Sequence[Alarm], now: datetime) -> dict[str, float | None]:
    """Of all alarms, in one read of the newest frames."""
    end = epoch_s(now)
    panels = {alarm.panel: panel_named(alarm.panel)[1] for alarm in alarms}
    longest = max((alarm.over_s for alarm in alarms), default=0)
    wanted = Range(end - longest - _LATE_S, end)
    found = queries.frames(queries.metrics_of(panels.values()), wanted, now=end)
    return {
        alarm.name: worst(alarm, value_over(panels[alarm.panel], _recent(found, alarm, end)))
        for alarm in alarms
    }


def _recent(frames: Frames, alarm: Alarm, end: int) -> dict[str, list[Frame]]:
    first = end - alarm.over_s - _LATE_S
    return {name: [each for each in rows if each.at > first] for name, rows in frames.items()}


def _settled(alarm: Alarm, before: State | None, value: float | None, now: datetime) -> State:
    """The alarm's state after this round, written where it changed, told where it must be."""
    known = before or State(since=now)
    after = step(alarm, known, value, now)
    if before is not None and after.status == known.status and after.untold is None:
        return after
    try:
        saved = ALARM_REPOSITORY.save(alarm.name, after)
        if before is not None and after.status != known.status:
            happened = Happened(at=now, what=after.status.value, value=value)
            ALARM_REPOSITORY.note(alarm.name, happened)
            log.info("alarm_moved", alarm=alarm.name, status=after.status.value)
        return _told(alarm, saved, now) if saved.untold else saved
    except AlarmMoved:
        return after  # another process was faster, and tells


def _told(alarm: Alarm, state: State, now: datetime) -> State:
    if not state.is_silenced(now):
        try:
            tell(alarm, state)
        except HubError as error:
            log.warning("alarm_not_told", alarm=alarm.name, code=error.code)
            return state
    return ALARM_REPOSITORY.save(alarm.name, replace(state, untold=None))


def _measure(states: Mapping[str, State]) -> None:
    counted_by = {AlarmLabels(status.value): 0 for status in Status}
    for state in states.values():
        counted_by[AlarmLabels(state.status.value)] += 1
    STANDING.replace(counted_by)


def _budget(objective: Objective, now: int) -> Budget:
    panel = panel_named(objective.panel)[1]
    wanted = Range(now - objective.window_days * _DAY_S, now)
    found = queries.frames(queries.metrics_of([panel]), wanted, now=now)
    if panel.kind is PanelKind.RATIO and panel.of and objective.limit is None:
        bad, total = counted(panel.series, found), counted(panel.of, found)
    else:
        bad, total = _bad_time(objective, panel, found)
    return budget(objective, bad, total)


def _bad_time(objective: Objective, panel: Panel, found: Frames) -> tuple[float, float]:
    """Seconds in which the worst line was above the limit, of those in which there was one."""
    bad = total = 0.0
    for frame in found.get(panel.series.metric.name, ()):
        lines = value_over(panel, {panel.series.metric.name: [frame]})
        values = [value for label, value in lines.items() if matches(label, objective.line)]
        if values:
            total += frame.seconds
            bad += frame.seconds if max(values) > (objective.limit or 0) else 0
    return bad, total
