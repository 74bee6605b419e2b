"""From chunks of bytes to lines of text, in bounded memory whatever the file is like.

Faults found here are faults of the whole file: nothing after them can be trusted.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kernel.errors import Refused

LINE_BYTES_MAX = 1_000_000
_PIECE_BYTES = 256 * 1024  # what is decompressed, decoded and split at once
_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_WINDOW_GZIP = 31  # zlib: a gzip header, the largest window


class FeedEmpty(Refused):
    """The file is empty. Ask the sender for it again."""

    code = "feed_empty"


class FeedTruncated(Refused):
    """The gzip data ends too early: the file was cut off on its way. Send it again."""

    code = "feed_truncated"


class FeedDamaged(Refused):
    """The gzip data is damaged: it does not decompress or fails its checksum. Send it again."""

    code = "feed_damaged"


class LineTooLong(Refused):
    """A line is longer than 1,000,000 bytes: this is not the format that the profile names."""

    code = "line_too_long"


class WrongEncoding(Refused):
    """The file is not in the encoding that the profile names."""

    code = "wrong_encoding"


@dataclass(frozen=True, slots=True)
class Block:
    """Some whole lines: the bytes as read, their text, and the number of the first (from 1)."""

    first_line: int
    data: bytes
    text: str


def blocks(chunks: Iterable[bytes], encoding: str) -> Iterator[Block]:
    """The file's text in blocks that end where a line ends; gzip is recognised and unpacked.

    Raises `FeedEmpty`, `FeedTruncated`, `FeedDamaged`, `LineTooLong` and `WrongEncoding`.
    """
    first_line, empty = 1, True
    for data in _whole_lines(_plain(chunks)):
        if first_line == 1:
            data = _without_bom(data, encoding)
        text = _decoded(data, encoding, first_line)
        empty = empty and not text.strip()
        yield Block(first_line, data, text)
        first_line += data.count(b"\n")
    if empty:
        raise FeedEmpty


def _plain(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks as they are, or unpacked where the first two bytes are gzip's."""
    remaining = iter(chunks)
    head = b""
    while len(head) < len(_GZIP_MAGIC) and (chunk := next(remaining, None)) is not None:
        head += chunk
    every = _with_head(head, remaining)
    return _gunzip(every) if head.startswith(_GZIP_MAGIC) else every


def _with_head(head: bytes, remaining: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from remaining


def _gunzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Unpacks one gzip member after another (`cat a.gz b.gz` is legal), never much at once."""
    member, between = zlib.decompressobj(_WINDOW_GZIP), False
    for packed in chunks:
        if between:
            packed = packed.lstrip(b"\0")  # tapes pad with zeros
        while packed:
            if between:
                member, between = zlib.decompressobj(_WINDOW_GZIP), False
            yield from _unpacked(member, packed)
            between = member.eof
            packed = member.unused_data.lstrip(b"\0")
    if not between:
        raise FeedTruncated


def _unpacked(member: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    full = True
    while not member.eof and (packed or full):
        try:
            plain = member.decompress(packed, _PIECE_BYTES)
        except zlib.error:
            raise FeedDamaged from None
        if plain:
            yield plain
        packed, full = member.unconsumed_tail, len(plain) == _PIECE_BYTES


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Regrouped so that each ends with a line feed, but for a last line that has none."""
    held: list[bytes] = []  # the beginning of a line that has not ended yet
    held_bytes, line = 0, 1
    for piece in _pieces(chunks):
        if held_bytes + (len(piece) if (end := piece.find(b"\n")) < 0 else end) > LINE_BYTES_MAX:
            raise LineTooLong(
                f"line {line} is longer than {LINE_BYTES_MAX:,} bytes: this is not the format that"
                " the profile names, or the file is damaged"
            )
        cut = piece.rfind(b"\n") + 1
        if cut:
            yield b"".join([*held, piece[:cut]])
            line += piece.count(b"\n")
            held, held_bytes = [], 0
        held.append(piece[cut:])
        held_bytes += len(piece) - cut
    if held_bytes:
        yield b"".join(held)


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Never more at once than `_PIECE_BYTES`, so that one line's end is looked for in little."""
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE_BYTES):
            yield chunk[start : start + _PIECE_BYTES]


def _without_bom(data: bytes, encoding: str) -> bytes:
    if data.startswith(_UTF16_MARKS):
        raise WrongEncoding(f"the file begins like UTF-16; the profile says {encoding}")
    if not data.startswith(_BOM):
        return data
    if encoding != "utf-8":
        raise WrongEncoding(f"the file begins like UTF-8 (a byte-order mark), not {encoding}")
    return data[len(_BOM) :]


def _decoded(data: bytes, encoding: str, first_line: int) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = first_line + data.count(b"\n", 0, error.start)
        byte = error.start - data.rfind(b"\n", 0, error.start)
        raise WrongEncoding(
            f"line {line}, byte {byte} (0x{data[error.start]:02X}) is not {encoding}; "
            "send the file in that encoding, or name the right one in the profile"
        ) from None
