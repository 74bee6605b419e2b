"""What operators do to stream handlers. To rewind one needs a second person (`approvals.py`)."""

from django.contrib.auth.models import User

from aws.streams import steering
from aws.streams.handlers import AnyHandler, discover, registered
from aws.streams.progress import HandlerProgress, progress
from identity import approvals, audit
from identity.proposals import Proposal
from identity.staff import Role, actor_of, check_role

REWIND_CONSUMER = "rewind_consumer"


def handlers() -> list[HandlerProgress]:
    """How far each handler is. Raises `Unavailable`."""
    discover()
    return progress(registered())


def handler(name: str) -> HandlerProgress:
    """Raises `UnknownHandler`."""
    return progress([_class_of(name)])[0]


def pause(name: str, reason: str, by: User) -> None:
    """Raises `UnknownHandler`, `NeverRun`, `RoleMissing`."""
    check_role(by, Role.OPERATOR)
    found = _class_of(name)
    _record("paused", name, by)
    steering.pause(
        found, f"paused by {actor_of(by)}: {reason}" if reason else f"paused by {actor_of(by)}"
    )


def resume(name: str, by: User) -> None:
    """Raises as `pause`."""
    check_role(by, Role.OPERATOR)
    found = _class_of(name)
    _record("resumed", name, by)
    steering.resume(found)


def propose_rewind(name: str, reason: str, by: User) -> Proposal:
    """Raises as `pause`."""
    _class_of(name)
    payload = {"handler": name, "reason": reason}
    return approvals.propose(REWIND_CONSUMER, f"consumer:{name}", payload, by)


def rewind(name: str) -> str:
    """A second person has allowed it."""
    return steering.rewind(_class_of(name))


def _class_of(name: str) -> AnyHandler:
    discover()
    (found,) = registered([name])
    return found


def _record(act: str, name: str, by: User) -> None:
    audit.record(actor=actor_of(by), action=f"consumer.{act}", subject=f"consumer:{name}")
