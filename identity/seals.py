"""Whose key seals what is said about a subject.

What is said about a customer, an account or a feed is sealed under that subject's own key, so that
it becomes unreadable together with the rest when that key is destroyed. Anything else (a job, a
member of staff) is sealed under one key for the kind of record.
"""

from typing import Any

import orjson

from aws.vault import Place, vault

_HAVE_KEYS = ("account:", "customer:", "feed:")


def seal(kind: str, subject: str, content: dict[str, Any], place: Place) -> bytes:
    """`content` (JSON) sealed for `place`; `kind` is the record's, such as `audit`."""
    return vault().seal(_key_subject(kind, subject), orjson.dumps(content), place)


def unseal(kind: str, subject: str, sealed: bytes, place: Place) -> dict[str, Any]:
    """Raises `Tampered` or `KeyDestroyed`."""
    content: dict[str, Any] = orjson.loads(vault().open(_key_subject(kind, subject), sealed, place))
    return content


def _key_subject(kind: str, subject: str) -> str:
    return subject if subject.startswith(_HAVE_KEYS) else kind
