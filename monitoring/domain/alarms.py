"""An alarm: a condition on a panel, and where it stands. Pure: values in, values out.

    ok --breached--> pending --long enough--> firing --no longer--> resolving --long enough--> ok
                       `--no longer--> ok        ^----breached again----'

`firing` and `resolving` are one incident: people are told when it begins and when it is over, and
not of what flaps in between. docs/states/alarm.md draws the moves.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from kernel.errors import Conflict, Refused


class Status(StrEnum):
    """Where an alarm stands."""

    OK = "ok"  # the condition does not hold
    PENDING = "pending"  # it holds, but not for long enough
    FIRING = "firing"  # it has held for long enough: people are told
    RESOLVING = "resolving"  # it does not hold any more, but not for long enough


NEXT: dict[Status, frozenset[Status]] = {
    Status.OK: frozenset({Status.PENDING, Status.FIRING}),
    Status.PENDING: frozenset({Status.OK, Status.FIRING}),
    Status.FIRING: frozenset({Status.RESOLVING, Status.OK}),
    Status.RESOLVING: frozenset({Status.FIRING, Status.OK}),
}
INCIDENT = frozenset({Status.FIRING, Status.RESOLVING})


class NotFiring(Conflict):
    """The alarm does not fire, so there is nothing to acknowledge."""

    code = "alarm_not_firing"


class SilencedTooLong(Refused):
    """An alarm may be silenced for a week at the most: mend it, or take it away."""

    code = "silenced_too_long"


SILENCE_MAX = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """`name` is stable. `panel` is `<dashboard>.<panel>`; `line` a pattern of its lines, the worst
    of which counts. The condition holds where the value is above `limit` (or below it).

    `over_s`: what the value is taken over. `for_s`: how long it must hold before people are told;
    `clears_after_s`: how long it must not, before they are told that it is over. `missing`: what
    it means that nothing was measured.
    """

    name: str
    title: str
    panel: str
    limit: float
    side: Literal["above", "below"] = "above"
    line: str = "*"
    over_s: int = 60
    for_s: int = 60
    clears_after_s: int = 120
    missing: Literal["ok", "breach", "keep"] = "ok"
    severity: Literal["page", "ticket"] = "ticket"
    howto: str = ""

    def breached(self, value: float | None) -> bool | None:
        """Whether the condition holds; None where that cannot be said."""
        if value is None:
            return {"ok": False, "breach": True, "keep": None}[self.missing]
        return value > self.limit if self.side == "above" else value < self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`since`: when it came to its status; `value`: what was measured last.

    `incident_at`: when the incident began that is not over. `untold`: a change that people have
    still to be told of. `acknowledged_by`, `silenced_until`: what people said about it.
    """

    status: Status = Status.OK
    since: datetime
    value: float | None = None
    incident_at: datetime | None = None
    untold: Status | None = None
    acknowledged_by: str = ""
    silenced_until: datetime | None = None
    silenced_by: str = ""
    version: int = 0

    def is_silenced(self, now: datetime) -> bool:
        return self.silenced_until is not None and now < self.silenced_until


def step(alarm: Alarm, state: State, value: float | None, now: datetime) -> State:
    """Where the alarm stands after one more look."""
    breached = alarm.breached(value)
    seen = replace(state, value=value)
    if breached is None:
        return seen
    held = (now - state.since).total_seconds()
    match state.status:
        case Status.OK if breached:
            return _moved(seen, Status.FIRING if alarm.for_s == 0 else Status.PENDING, now)
        case Status.PENDING if not breached:
            return _moved(seen, Status.OK, now)
        case Status.PENDING if held >= alarm.for_s:
            return _moved(seen, Status.FIRING, now)
        case Status.FIRING if not breached:
            over = alarm.clears_after_s == 0
            return _moved(seen, Status.OK if over else Status.RESOLVING, now)
        case Status.RESOLVING if breached:
            return _moved(seen, Status.FIRING, now)
        case Status.RESOLVING if held >= alarm.clears_after_s:
            return _moved(seen, Status.OK, now)
    return seen


def acknowledged(state: State, by: str) -> State:
    """Somebody is at it. Raises `NotFiring`."""
    if state.status not in INCIDENT:
        raise NotFiring
    return replace(state, acknowledged_by=by)


def silenced(state: State, until: datetime, by: str, now: datetime) -> State:
    """Nobody is told of it until then. Raises `SilencedTooLong`."""
    if until - now > SILENCE_MAX:
        raise SilencedTooLong
    return replace(state, silenced_until=until, silenced_by=by)


def unsilenced(state: State) -> State:
    """People are told again."""
    return replace(state, silenced_until=None, silenced_by="")


def _moved(state: State, to: Status, now: datetime) -> State:
    moved = replace(state, status=to, since=now)
    if to is Status.FIRING and state.incident_at is None:
        return replace(moved, incident_at=now, untold=Status.FIRING, acknowledged_by="")
    if to is Status.OK and state.incident_at is not None:
        # Who was never told of its beginning need not hear of its end.
        untold = None if state.untold is Status.FIRING else Status.OK
        return replace(moved, incident_at=None, untold=untold, acknowledged_by="")
    return moved
