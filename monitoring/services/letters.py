"""Dead letters: inspected, replayed, discarded. Each look inside and each act is audited."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.contrib.auth.models import User

from aws import letters
from aws.letters import Box
from aws.messaging import Message
from aws.streams.dead_letters import DeadLetter
from aws.streams.handlers import discover
from aws.streams.replaying import replay as replay_record
from identity import audit
from identity.staff import Role, actor_of, check_role
from kernel.errors import HubError
from monitoring.declared import replays

_SEALED = ("sealed",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What can be told of a letter without looking inside. `why` holds no personal data."""

    id: str
    why: str
    where: str
    at: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A letter with its content; what was sealed stays so."""

    letter: Letter
    content: dict[str, Any] = field(repr=False)


def listed(box: Box) -> list[Letter]:
    """Raises `Unavailable`."""
    return [_letter(box, message) for message in letters.letters(box)]


def opened(box: Box, letter_id: str, by: User) -> Opened:
    """Raises `LetterMissing`, `RoleMissing`, `Unavailable`."""
    check_role(by, Role.OPERATOR)
    message = letters.letter(box, letter_id)
    try:
        _record("viewed", box, letter_id, by)
    finally:
        letters.give_back(box, message)
    return Opened(letter=_letter(box, message), content=_content(message))


def replay(box: Box, letter_id: str, by: User) -> str:
    """Has it done again; what became of it. Raises as `opened`, and what doing it raises; then the
    letter stays where it is."""
    check_role(by, Role.OPERATOR)
    message = letters.letter(box, letter_id)
    try:
        _record("replayed", box, letter_id, by)
        return _way(box)(box, message)
    except HubError:
        letters.give_back(box, message)
        raise


def discard(box: Box, letter_id: str, by: User) -> None:
    """Raises as `opened`."""
    check_role(by, Role.OPERATOR)
    message = letters.letter(box, letter_id)
    try:
        _record("discarded", box, letter_id, by)
    except HubError:
        letters.give_back(box, message)
        raise
    letters.discard(box, message)


def _way(box: Box) -> Callable[[Box, Message], str]:
    if box.is_streams:
        return _record_again
    own = next((each for each in replays() if each.queue == box.name), None)
    if own is None:
        return _sent_again

    def run(box: Box, message: Message) -> str:
        said = own.run(message.raw)
        letters.discard(box, message)
        return said

    return run


def _record_again(box: Box, message: Message) -> str:
    discover()
    said = replay_record(DeadLetter(**message.body))
    letters.discard(box, message)
    return said


def _sent_again(box: Box, message: Message) -> str:
    letters.send_again(box, message)
    return f"sent to {box.name} again"


def _letter(box: Box, message: Message) -> Letter:
    body = message.body
    if box.is_streams:
        where = f"{body.get('handler', '')} on {body.get('source', '')}"
        why, at = str(body.get("reason", "")), str(body.get("at", ""))
    else:
        where = str(body.get("id", ""))[:40] if "sealed" in body else box.name
        why = message.attributes.get("reason") or str(body.get("reason", "received too often"))
        at = str(body.get("at", ""))
    return Letter(id=message.id, why=why, where=where, at=at[:19], attempts=message.attempts)


def _content(message: Message) -> dict[str, Any]:
    if message.poison:
        return {"content": message.raw}
    shown = {name: value for name, value in message.body.items() if name not in _SEALED}
    return {name: _text(value) for name, value in shown.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _record(act: str, box: Box, letter_id: str, by: User) -> None:
    audit.record(
        actor=actor_of(by),
        action=f"dead_letter.{act}",
        subject=f"queue:{box.name}",
        detail={"letter": letter_id},
    )
