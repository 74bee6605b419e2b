"""Dead letters: messages that were not stored, sealed, each with its reason in the clear.

    {"id": "msg_…", "at": "2026-05-04T12:00:00+00:00", "code": "bad_amount",
     "reason": "minor: …", "sealed": base64 of the sealed message}

SQS itself puts a message here, as it came, that was received too often without an answer.
"""

import base64
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from aws.vault import Place, vault
from txhub.realtime.intake import Poison
from txhub.realtime.messages import name_of

_SUBJECT = "messages:dead"
_NEVER_ANSWERED = Poison(code="never_answered", reason="received too often, and never answered")
_FIELDS = {"id", "at", "code", "reason", "sealed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """`at` None, and not sealed: it is not we who put it there, but SQS."""

    id: str
    at: datetime | None
    why: Poison
    content: bytes = field(repr=False)
    is_sealed: bool = True

    def message(self) -> bytes:
        """As it came. Who shows it to somebody audits that. Raises `Tampered`, `KeyDestroyed`."""
        if not self.is_sealed:
            return self.content
        return vault().open(_SUBJECT, self.content, _place(self.id))


def sealed_letter(message: bytes, why: Poison, *, at: datetime) -> bytes:
    name = name_of(message)
    sealed = vault().seal(_SUBJECT, message, _place(name))
    return orjson.dumps(
        {
            "id": name,
            "at": at,
            "code": why.code,
            "reason": why.reason,
            "sealed": base64.b64encode(sealed).decode(),
        }
    )


def letter_in(body: bytes) -> DeadLetter:
    """What lies in the queue of dead letters."""
    letter = _ours(body)
    if letter is None:
        return DeadLetter(
            id=name_of(body), at=None, why=_NEVER_ANSWERED, content=body, is_sealed=False
        )
    return DeadLetter(
        id=letter["id"],
        at=datetime.fromisoformat(letter["at"]),
        why=Poison(code=letter["code"], reason=letter["reason"]),
        content=base64.b64decode(letter["sealed"]),
    )


def _ours(body: bytes) -> dict[str, str] | None:
    try:
        letter = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return letter if isinstance(letter, dict) and letter.keys() == _FIELDS else None


def _place(name: str) -> Place:
    return Place(table="dead-messages", key=name, attribute="sealed")
