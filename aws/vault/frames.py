"""Files: a stream of sealed segments, read and written in bounded memory.

    header   "TXS1" | subject (length in 1 byte, UTF-8) | key version (2) | segment size (4) | salt
    segment  AES-256-GCM of up to `segment size` bytes, tag of 16 bytes; the last may be shorter

Each file has a key of its own (HKDF of the subject key under the 32-byte salt). The nonce is the
segment's number and a flag on the last one (STREAM: Hoang, Reyhanitabar, Rogaway and Vizár 2015),
the associated data the header and the purpose. So cutting, reordering, appending, altering, and
offering the file for another purpose are all found.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from aws.vault.errors import Tampered

MAGIC = b"TXS1"
SEGMENT_BYTES = 256 * 1024
SUBJECT_BYTES_MAX = 255
_SEGMENT_BYTES_MAX = 1024 * 1024  # a reader holds one segment, so a header may not ask for more
_SALT_BYTES = 32
_TAG_BYTES = 16


def is_sealed(first_bytes: bytes) -> bool:
    """Whether a file that begins so (4 bytes are enough) is a sealed stream of ours."""
    return first_bytes.startswith(MAGIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands in front of the segments, in the clear, and is authenticated by each of them."""

    subject: str
    version: int
    salt: bytes
    segment_bytes: int = SEGMENT_BYTES

    def packed(self) -> bytes:
        subject = self.subject.encode()
        return b"".join(
            (
                MAGIC,
                len(subject).to_bytes(1, "big"),
                subject,
                self.version.to_bytes(2, "big"),
                self.segment_bytes.to_bytes(4, "big"),
                self.salt,
            )
        )


def new_header(subject: str, version: int, *, segment_bytes: int = SEGMENT_BYTES) -> Header:
    """A header with a fresh salt: no two files share a key."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return Header(subject=subject, version=version, salt=salt, segment_bytes=segment_bytes)


def seal_segments(
    secret: bytes, header: Header, purpose: str, chunks: Iterable[bytes]
) -> Iterator[bytes]:
    """The sealed file, in pieces. `secret` is the subject's, of the version that `header` names."""
    cipher, associated = _file_cipher(secret, header), _associated(header, purpose)
    yield header.packed()
    pieces = Reader(chunks).pieces(header.segment_bytes)
    for number, (plain, is_last) in enumerate(pieces):
        yield cipher.encrypt(_nonce(number, is_last=is_last), plain, associated)


def open_segments(secret: bytes, header: Header, purpose: str, rest: "Reader") -> Iterator[bytes]:
    """The plaintext, in pieces; `rest` stands behind the header. Raises `Tampered`.

    Every piece is authentic and in its place when it comes; that none is missing is known only
    at the end, so act on the whole only after the iterator has ended by itself.
    """
    cipher, associated = _file_cipher(secret, header), _associated(header, purpose)
    pieces = rest.pieces(header.segment_bytes + _TAG_BYTES)
    for number, (sealed, is_last) in enumerate(pieces):
        try:
            yield cipher.decrypt(_nonce(number, is_last=is_last), sealed, associated)
        except InvalidTag:
            raise Tampered(f"the sealed file does not open at segment {number}") from None


class Reader:
    """Regroups chunks of any sizes; holds one piece and one chunk at the most."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._held = bytearray()

    def header(self) -> Header:
        """Reads the header. Raises `Tampered` where there is none that we wrote."""
        if self._exactly(len(MAGIC)) != MAGIC:
            raise Tampered("not a sealed file")
        subject = self._exactly(self._integer(1))
        version, segment_bytes = self._integer(2), self._integer(4)
        if not 1 <= segment_bytes <= _SEGMENT_BYTES_MAX:
            raise Tampered("a sealed file with segments of an impossible size")
        try:
            name = subject.decode()
        except UnicodeDecodeError:
            raise Tampered("a sealed file of no known subject") from None
        salt = self._exactly(_SALT_BYTES)
        return Header(subject=name, version=version, salt=salt, segment_bytes=segment_bytes)

    def pieces(self, size: int) -> Iterator[tuple[bytearray, bool]]:
        """All that is left in pieces of `size` bytes, each with whether it is the last.

        At least one piece: an empty one where nothing is left.
        """
        held = self._held
        for chunk in self._chunks:
            held += chunk
            while len(held) > size:  # not >=: one byte more tells that this is not the last
                yield held[:size], False
                del held[:size]
        while len(held) > size:
            yield held[:size], False
            del held[:size]
        yield held, True

    def _integer(self, width: int) -> int:
        return int.from_bytes(self._exactly(width), "big")

    def _exactly(self, size: int) -> bytes:
        while len(self._held) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                raise Tampered("a sealed file that is cut short")
            self._held += chunk
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken


def _file_cipher(secret: bytes, header: Header) -> AESGCM:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=header.salt, info=b"txhub/files")
    return AESGCM(derivation.derive(secret))


def _associated(header: Header, purpose: str) -> bytes:
    return header.packed() + purpose.encode()  # a header says where it ends


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")
