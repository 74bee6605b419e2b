"""Paging cursors: opaque to the client, signed, and bound to the list that they page.

A cursor says where the next page begins (the last key read), not how many rows were seen, so a
page stays right while new rows arrive in front of it.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import orjson

from kernel.errors import Refused

_MAC_BYTES = 12


class BadCursor(Refused):
    """This cursor is not one of ours, or belongs to another list: start again without it."""

    code = "bad_cursor"


def encode_cursor(key: bytes, scope: str, position: Any) -> str:
    """`position` (JSON-able) as text. `scope` names the list: its owner, resource and filters."""
    payload = orjson.dumps(position)
    return urlsafe_b64encode(_mac(key, scope, payload) + payload).decode().rstrip("=")


def decode_cursor(key: bytes, scope: str, cursor: str) -> Any:
    """The position back. Raises `BadCursor` unless `encode_cursor` made it for the same `scope`."""
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raise BadCursor from None
    mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, scope, payload)):
        raise BadCursor
    return orjson.loads(payload)


def _mac(key: bytes, scope: str, payload: bytes) -> bytes:
    return hmac.digest(key, scope.encode() + b"\0" + payload, sha256)[:_MAC_BYTES]
