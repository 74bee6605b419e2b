"""What people do about alarms: acknowledge, silence, let it be heard again. Each is audited."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User

from identity import audit
from identity.repository import Outrun
from identity.staff import Role, actor_of, check_role
from kernel.clock import Clock, utc_now
from monitoring.domain import alarms
from monitoring.domain.alarms import State
from monitoring.repository.alarms import ALARM_REPOSITORY, AlarmMoved, Happened
from monitoring.watched import alarm_named


def acknowledge(name: str, by: User, *, clock: Clock = utc_now) -> None:
    """Says that somebody is at it. Raises `AlarmMissing`, `NotFiring`, `RoleMissing`."""
    check_role(by, Role.OPERATOR)
    _change(
        name, alarms.acknowledged(_standing(name, clock()), actor_of(by)), "acknowledged", by, clock
    )


def silence(name: str, by: User, *, hours: int, clock: Clock = utc_now) -> None:
    """Nobody is told of it for so long. Raises `AlarmMissing`, `SilencedTooLong`, `RoleMissing`."""
    check_role(by, Role.OPERATOR)
    now = clock()
    until = now + timedelta(hours=hours)
    state = alarms.silenced(_standing(name, now), until, actor_of(by), now)
    _change(name, state, "silenced", by, clock)


def unsilence(name: str, by: User, *, clock: Clock = utc_now) -> None:
    """Raises `AlarmMissing`, `RoleMissing`."""
    check_role(by, Role.OPERATOR)
    _change(name, alarms.unsilenced(_standing(name, clock())), "unsilenced", by, clock)


def _standing(name: str, now: datetime) -> State:
    alarm_named(name)
    return ALARM_REPOSITORY.find(name) or State(since=now)


def _change(name: str, state: State, act: str, by: User, clock: Clock) -> None:
    try:
        audit.record(
            actor=actor_of(by),
            action=f"alarm.{act}",
            subject=f"alarm:{name}",
            together=[ALARM_REPOSITORY.saved(name, state)],
            clock=clock,
        )
    except Outrun as lost:
        raise AlarmMoved from lost
    ALARM_REPOSITORY.note(name, Happened(at=clock(), what=act, by=actor_of(by)))
