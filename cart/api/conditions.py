"""`If-Match` and `Idempotency-Key`: what a cart's writes must say."""

from typing import ClassVar

from rest_framework.request import Request

from cart.services.carts import Seen
from identity.api.answers import versions_seen
from kernel.errors import Refused

_KEY_CHARACTERS_MAX = 255


class KeyMissing(Refused):
    """Send an `Idempotency-Key` of 1 to 255 characters, the same for the same check-out."""

    code = "idempotency_key_missing"
    http_status: ClassVar[int] = 400


def seen_by(request: Request) -> Seen:
    """Whether a cart is the one that the caller has seen. Raises `VersionMissing`."""
    seen = versions_seen(request)
    return lambda cart: seen(cart.version)


def idempotency_key(request: Request) -> str:
    """Raises `KeyMissing`."""
    key: str = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= _KEY_CHARACTERS_MAX:
        raise KeyMissing
    return key
