"""The keys themselves, unwrapped. Pure: no store, no KMS, no clock.

A branch key wraps subject keys; a subject key seals fields and files. Every use of a secret goes
through its own HKDF label, so that no two uses ever share key bytes.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from aws.vault.errors import Tampered
from aws.vault.fields import Place, header_for, open_field, seal_field, version_in

SECRET_BYTES = 32
_NONCE = bytes(12)


def derive(secret: bytes, label: str) -> bytes:
    """32 bytes for one use of a secret (HKDF-Expand; the secret is uniformly random already)."""
    info = f"txhub/{label}".encode()
    return HKDFExpand(algorithm=SHA256(), length=SECRET_BYTES, info=info).derive(secret)


@dataclass(frozen=True, slots=True)
class BranchKey:
    """One version of a branch key."""

    branch: str
    version: int
    secret: bytes = field(repr=False)
    _wrapper: AESGCMSIV = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_wrapper", AESGCMSIV(derive(self.secret, "branch-wraps")))

    def check_value(self) -> bytes:
        """16 bytes that only this key, branch and version give; they tell nothing about the key."""
        return derive(self.secret, f"branch-check/{self.branch}/{self.version}")[:16]

    def verify(self, check_value: bytes) -> None:
        """Raises `Tampered` unless this is the key that `check_value` was made of."""
        if not hmac.compare_digest(self.check_value(), check_value):
            raise Tampered("KMS gave another branch key than the one that was wrapped")

    def wrap(self, subject: str, secrets: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """A subject's secrets, version 1 first, each sealed under this branch key."""
        return tuple(
            self._wrapper.encrypt(_NONCE, secret, self._binding(subject, version))
            for version, secret in enumerate(secrets, start=1)
        )

    def unwrap(self, subject: str, wrapped: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """The secrets back. Raises `Tampered` where they were not wrapped so, for this subject."""
        try:
            return tuple(
                self._wrapper.decrypt(_NONCE, each, self._binding(subject, version))
                for version, each in enumerate(wrapped, start=1)
            )
        except InvalidTag:
            raise Tampered("a wrapped key does not open under its branch key") from None

    def _binding(self, subject: str, version: int) -> bytes:
        return f"{len(subject)},{subject},{version},{self.branch},{self.version}".encode()


class SubjectKey:
    """The key of one subject, for as long as one piece of work takes.

    Take it anew for the next piece of work: a key held on to outlives its own destruction.
    `renew` reads the key again; it is asked for when a field names a version made since.
    """

    __slots__ = ("_field_key", "_header", "_renew", "_secrets", "subject", "version")

    def __init__(
        self, subject: str, secrets: tuple[bytes, ...], renew: Callable[[str], "SubjectKey"]
    ) -> None:
        self.subject = subject
        self.version = len(secrets)
        self._secrets = secrets
        self._renew = renew
        self._header = header_for(self.version)
        self._field_key = derive(secrets[-1], "fields")

    def seal(self, plaintext: bytes, place: Place) -> bytes:
        """The sealed field, under the newest version; the same bytes for the same input."""
        return seal_field(self._field_key, self._header, plaintext, place)

    def open(self, sealed: bytes, place: Place) -> bytes:
        """The plaintext. Raises `Tampered`."""
        if sealed.startswith(self._header):
            return open_field(self._field_key, self._header, sealed, place)
        version = version_in(sealed)
        key = derive(self.secret(version), "fields")
        return open_field(key, header_for(version), sealed, place)

    def secret(self, version: int) -> bytes:
        """The secret of a version, read again where it is newer than this key.

        Raises `Tampered` where there is no such version.
        """
        holder = self if version <= self.version else self._renew(self.subject)
        if not 1 <= version <= holder.version:
            raise Tampered("sealed under a version that this key never had")
        return holder._secrets[version - 1]

    def __repr__(self) -> str:
        return f"SubjectKey({self.subject!r}, version {self.version})"
