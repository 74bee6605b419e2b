"""What a request carries, read piece by piece and never more than is allowed."""

import zlib
from collections.abc import Iterator
from typing import Any, ClassVar

from django.http import HttpRequest

from kernel.errors import Refused

# As sent; and unpacked: gzip makes 1,000 times as much of what an attacker packs.
SENT_BYTES_MAX = 10 * 1024 * 1024
PLAIN_BYTES_MAX = 3 * SENT_BYTES_MAX
_PIECE_BYTES = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class BodyTooLarge(Refused):
    """The body is too large. Send it in several parts."""

    code = "body_too_large"
    http_status: ClassVar[int] = 413


class BadBody(Refused):
    """The body is cut short, or not what its Content-Encoding says."""

    code = "bad_body"
    http_status: ClassVar[int] = 400


class UnknownEncoding(Refused):
    """Only gzip is understood as Content-Encoding."""

    code = "unknown_encoding"
    http_status: ClassVar[int] = 415


def read_body(request: HttpRequest) -> bytes:
    """The body, unpacked. Raises `BodyTooLarge`, `BadBody`, `UnknownEncoding`."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        return _joined(_sent(request), SENT_BYTES_MAX)
    if encoding == "gzip":
        return _joined(_unpacked(_sent(request)), PLAIN_BYTES_MAX)
    raise UnknownEncoding


def _sent(request: HttpRequest) -> Iterator[bytes]:
    """The body's pieces. One without a length ends by itself, which Django does not know of."""
    is_chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    source: Any = request.META["wsgi.input"] if is_chunked else request
    left = SENT_BYTES_MAX
    while piece := source.read(_PIECE_BYTES):
        left -= len(piece)
        if left < 0:
            raise BodyTooLarge
        yield piece


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A gzip file's content; it may have several members."""
    member = zlib.decompressobj(_GZIP)
    try:
        for piece in pieces:
            while piece:
                if member.eof:
                    member = zlib.decompressobj(_GZIP)
                yield member.decompress(piece, _PIECE_BYTES)
                piece = member.unused_data if member.eof else member.unconsumed_tail
        yield member.flush()
    except zlib.error as error:
        raise BadBody from error
    if not member.eof:
        raise BadBody


def _joined(pieces: Iterator[bytes], most: int) -> bytes:
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > most:
            raise BodyTooLarge
    return bytes(whole)
