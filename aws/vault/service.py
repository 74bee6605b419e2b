"""The vault: what the rest of the program calls."""

import os
import threading
import time
import weakref
from collections.abc import Iterable, Iterator

from aws.vault import frames
from aws.vault.cache import Monotonic
from aws.vault.fields import Place
from aws.vault.keyring import Keyring
from aws.vault.keys import SubjectKey, derive
from aws.vault.records import KeyRecords

# The root of all keyed ids. It is wrapped as a subject's key is, and never rotated or destroyed.
ID_ROOT = "vault:ids"

_KEYS_MAX = int(os.environ.get("TXHUB_VAULT_KEYS_MAX", "50000"))
_LIFETIME_S = float(os.environ.get("TXHUB_VAULT_KEY_LIFETIME_S", "3600"))


class Vault:
    """Seals and opens for named subjects, such as `account:acc_…`; safe to share between threads.

    It keeps up to `keys_max` subject keys for up to `lifetime_s` seconds, so that is also how long
    another process may go on using a key after it was destroyed. Every method raises `Unavailable`
    when DynamoDB or KMS does not answer and the key is not at hand.
    """

    def __init__(
        self,
        *,
        keys_max: int = _KEYS_MAX,
        lifetime_s: float = _LIFETIME_S,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._settings = (keys_max, lifetime_s, monotonic)
        self._start_afresh()
        _vaults.add(self)

    def prepare(self, subjects: Iterable[str], *, create: bool = True) -> None:
        """Brings the keys of many subjects into the cache in few calls, making what is missing.

        Destroyed and tampered keys are passed over: `seal` and `open` refuse them one by one.
        """
        if isinstance(subjects, str):
            raise TypeError("subjects in the plural; a single name would be taken letter by letter")
        self.keyring.fetch(subjects, create=create)

    def key(self, subject: str, *, create: bool = True) -> SubjectKey:
        """The subject's key for a loop over many fields: `.seal(plaintext, place)`, `.open(…)`.

        Not for keeping: a key held on to outlives its own destruction. Raises `KeyDestroyed`,
        `Tampered`, and `KeyMissing` (a `Tampered`) where there is none and none may be made.
        """
        return self.keyring.key(subject, create=create)

    def seal(self, subject: str, plaintext: bytes, place: Place) -> bytes:
        """The sealed field, 19 bytes longer; the same bytes for the same key, input and place.

        The subject's key is made on first use. Raises `KeyDestroyed`, `Tampered`.
        """
        return self.keyring.key(subject, create=True).seal(plaintext, place)

    def open(self, subject: str, sealed: bytes, place: Place) -> bytes:
        """The plaintext. Raises `Tampered` or `KeyDestroyed`."""
        return self.keyring.key(subject, create=False).open(sealed, place)

    def id_key(self, purpose: str) -> bytes:
        """32 bytes that are the same for ever and everywhere: for keyed ids and cursors."""
        try:
            return self._id_keys[purpose]
        except KeyError:
            root = self.keyring.key(ID_ROOT, create=True).secret(1)
            return self._id_keys.setdefault(purpose, derive(root, f"ids/{purpose}"))

    def seal_stream(self, subject: str, purpose: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """A sealed file, in pieces of about 256 KB, from chunks of any sizes.

        `purpose` says what the file is, and where it lies if that is known: it opens for no other.
        The subject's name stands in the file's header in the clear. Raises `KeyDestroyed`.
        """
        key = self.keyring.key(subject, create=True)
        header = frames.new_header(subject, key.version)
        return frames.seal_segments(key.secret(key.version), header, purpose, chunks)

    def open_stream(self, purpose: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The plaintext, in pieces. Raises `KeyDestroyed`, and `Tampered` at any point.

        Every piece is authentic when it comes; that the file is whole is known only when the
        iterator ends without an error.
        """
        reader = frames.Reader(chunks)
        header = reader.header()
        secret = self.keyring.key(header.subject, create=False).secret(header.version)
        return frames.open_segments(secret, header, purpose, reader)

    def _start_afresh(self) -> None:
        keys_max, lifetime_s, monotonic = self._settings
        self.keyring = Keyring(
            KeyRecords(), keys_max=keys_max, lifetime_s=lifetime_s, monotonic=monotonic
        )
        self._id_keys: dict[str, bytes] = {}


_vaults: "weakref.WeakSet[Vault]" = weakref.WeakSet()
_lock = threading.Lock()
_shared: Vault | None = None


def vault() -> Vault:
    """The process's vault."""
    global _shared
    if _shared is None:
        with _lock:
            _shared = _shared or Vault()
    return _shared


def _after_fork() -> None:
    """A lock that was held at the moment of the fork would stay so in the child for ever."""
    global _lock
    _lock = threading.Lock()
    for each in _vaults:
        each._start_afresh()


os.register_at_fork(after_in_child=_after_fork)
