"""`ETag` and `If-Match`, `Idempotency-Key`: what a cart's writes must say."""

from typing import ClassVar

from django.utils.http import parse_etags
from rest_framework.request import Request

from cart.domain.carts import Cart
from cart.services.carts import Seen
from kernel.errors import Refused

_KEY_CHARACTERS_MAX = 255


class VersionMissing(Refused):
    """Say which version of the cart you have seen: send its ETag as `If-Match`."""

    code = "version_missing"
    http_status: ClassVar[int] = 428


class KeyMissing(Refused):
    """Send an `Idempotency-Key` of 1 to 255 characters, the same for the same check-out."""

    code = "idempotency_key_missing"
    http_status: ClassVar[int] = 400


def etag(cart: Cart) -> str:
    """A strong one: equal for equal carts and for no others."""
    return f'"{cart.version}"'


def seen_by(request: Request) -> Seen:
    """Whether a cart is the one that the caller has seen. Raises `VersionMissing`."""
    named = request.headers.get("If-Match")
    if not named:
        raise VersionMissing
    tags = parse_etags(named)
    return lambda cart: "*" in tags or etag(cart) in tags


def idempotency_key(request: Request) -> str:
    """Raises `KeyMissing`."""
    key: str = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= _KEY_CHARACTERS_MAX:
        raise KeyMissing
    return key
