"""Fields: AES-GCM-SIV (RFC 8452), deterministic, bound to the place where they stand.

Sealed bytes: format (1 byte, 1), key version (2 bytes, big endian), ciphertext, tag (16 bytes):
19 bytes more than the plaintext. The associated data is that header and the place.
"""

from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from aws.vault.errors import Tampered

OVERHEAD_BYTES = 19
HEADER_BYTES = 3
VERSIONS_MAX = 0xFFFF
_FORMAT = b"\x01"
# Always the same nonce: equal inputs must give equal bytes, and GCM-SIV then reveals only that
# they are equal. Good for far more fields than one subject ever has: docs/adr/0004-vault.md.
_NONCE = bytes(12)

# OpenSSL keeps 2.8 KB for each cipher object and takes 2 us to make one. So the busiest few
# thousand are kept (11 MB at the most), and not one for each cached key.
cipher = lru_cache(maxsize=4096)(AESGCMSIV)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a sealed field stands. It opens nowhere else.

    `table` is the logical table name, so that a table restored under another name still opens;
    `key` the item's whole key, such as `pk|sk`.
    """

    table: str
    key: str
    attribute: str

    def associated_data(self) -> bytes:
        # The two lengths make it unambiguous: no two places share these bytes.
        table, key = self.table, self.key
        return f"{len(table)},{len(key)},{table}{key}{self.attribute}".encode()


def header_for(version: int) -> bytes:
    """The first bytes of a field sealed under this key version."""
    return _FORMAT + version.to_bytes(2, "big")


def version_in(sealed: bytes) -> int:
    """The key version that a sealed field names. Raises `Tampered` where it is not one of ours."""
    if len(sealed) < OVERHEAD_BYTES or sealed[:1] != _FORMAT:
        raise Tampered("not a sealed field")
    return int.from_bytes(sealed[1:HEADER_BYTES], "big")


def seal_field(key: bytes, header: bytes, plaintext: bytes, place: Place) -> bytes:
    """The sealed field; `key` is the subject's field key of the version that `header` names."""
    return header + cipher(key).encrypt(_NONCE, plaintext, header + place.associated_data())


def open_field(key: bytes, header: bytes, sealed: bytes, place: Place) -> bytes:
    """The plaintext. Raises `Tampered` for any other key, header, place or ciphertext."""
    associated = header + place.associated_data()
    try:
        return cipher(key).decrypt(_NONCE, sealed[HEADER_BYTES:], associated)
    except InvalidTag:
        raise Tampered("the sealed field does not open here") from None
