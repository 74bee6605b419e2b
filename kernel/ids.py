"""Opaque ids. An id that leaves us, or stands in a key, tells nothing about what it names."""

import hmac
import re
import secrets

_OPAQUE = re.compile(r"[a-z]{2,4}_[a-z2-7]{26}")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
# Two characters of base32 at once: the standard library's takes three times as long, and a batch
# names hundreds of thousands of rows.
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS = range(120, -1, -10)
_DIGEST_BYTES = 16  # 128 bits: no two of a trillion ids meet but once in 10^14 such hubs


def random_id(prefix: str) -> str:
    """A new unguessable id such as `acc_k5…` (26 characters of base32 after the prefix)."""
    return _spell(prefix, secrets.token_bytes(_DIGEST_BYTES))


def keyed_id(prefix: str, key: bytes, *parts: str) -> str:
    """The id of what `parts` name: the same parts under the same `key` always give the same id.

    HMAC-SHA-256 cut to 128 bits. Parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ.
    """
    return _spell(prefix, keyed_digest(key, *parts))


def keyed_digest(key: bytes, *parts: str) -> bytes:
    """The 16 bytes behind `keyed_id`."""
    encoded = [part.encode() for part in parts]
    message = b"".join([len(raw).to_bytes(4, "big") + raw for raw in encoded])
    return hmac.digest(key, message, "sha256")[:_DIGEST_BYTES]


def is_opaque(text: str) -> bool:
    """Whether this could be one of our ids."""
    return _OPAQUE.fullmatch(text) is not None


def _spell(prefix: str, digest: bytes) -> str:
    bits = int.from_bytes(digest, "big") << 2  # 130 bits: 26 characters of five
    pairs = [_PAIRS[bits >> shift & 1023] for shift in _SHIFTS]
    return f"{prefix}_{''.join(pairs)}"
