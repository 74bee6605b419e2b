"""Devices: programs that send readings, each with a token of its own.

A token is the device's id and a secret. The secret has 256 random bits, so its plain hash is all
that is kept: nobody can try them out, and whoever reads the table can send nothing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import ClassVar

from identity.repository import DEVICE_REPOSITORY, StoredDevice
from identity.tokens import Remembered, TokenRefused
from kernel.errors import Conflict, Missing
from kernel.ids import is_opaque, random_id

_PREFIX = "dev"
_TOKEN_CHARACTERS_MAX = 200
# A device that was shut out may go on for so long where it was let in before.
REMEMBERED_S = 60


class DeviceMissing(Missing):
    """There is no such device."""

    code = "device_not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device that is calling."""

    device_id: str

    is_authenticated: ClassVar[bool] = True  # what DRF's permissions ask `request.user`
    is_anonymous: ClassVar[bool] = False

    @property
    def pk(self) -> str:
        """What logs and throttles call a user by."""
        return self.device_id


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDevice:
    """A device that was just created. Its token is shown this once and never again."""

    device_id: str
    token: str = field(repr=False)


def create_device(name: str, *, now: datetime) -> NewDevice:
    """A device that may send readings; `name` is for people."""
    device_id, secret = random_id(_PREFIX), secrets.token_urlsafe(32)
    DEVICE_REPOSITORY.add(
        StoredDevice(device_id=device_id, name=name, secret_hash=_hash(secret), created_at=now)
    )
    return NewDevice(device_id=device_id, token=f"{device_id}.{secret}")


def disable_device(device_id: str, *, now: datetime) -> None:
    """Shuts a device out, within a minute everywhere. Raises `DeviceMissing`."""
    try:
        DEVICE_REPOSITORY.disable(device_id, now)
    except Conflict:
        raise DeviceMissing from None


def is_device_token(token: str) -> bool:
    """Whether it looks like a device's token; other callers have other ones."""
    return token.startswith(f"{_PREFIX}_")


class DeviceVerifier:
    """Knows devices by their tokens, and remembers them for a minute. Safe to share."""

    def __init__(self, find: Callable[[str], StoredDevice | None]) -> None:
        self._find = find
        self._remembered = Remembered()

    def device(self, token: str, *, now: datetime) -> Device:
        """Whose token this is. Raises `TokenRefused`, or `Unavailable`."""
        digest = hashlib.sha256(token.encode()).digest()
        known = self._remembered.get(digest, now.timestamp())
        if known is None:
            known = self._verified(token)
            self._remembered.put(digest, known, now.timestamp() + REMEMBERED_S)
        return Device(device_id=known)

    def _verified(self, token: str) -> str:
        device_id, _, secret = token.partition(".")
        if len(token) > _TOKEN_CHARACTERS_MAX or not is_opaque(device_id):
            raise TokenRefused
        stored = self._find(device_id)
        if stored is None or stored.disabled_at is not None:
            raise TokenRefused
        if not hmac.compare_digest(stored.secret_hash, _hash(secret)):
            raise TokenRefused
        return device_id


@cache
def device_verifier() -> DeviceVerifier:
    """The process's verifier of devices' tokens."""
    return DeviceVerifier(DEVICE_REPOSITORY.find)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
