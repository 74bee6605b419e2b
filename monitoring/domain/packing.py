"""Frames as bytes: one for Redis, a block of them for an item."""

from collections.abc import Sequence

import msgspec
import zstandard

from kernel.dashboards import Labels
from monitoring.domain.frames import Frame, Value

_LEVEL = 6


class _OneFrame(msgspec.Struct, array_like=True):
    kind: str
    at: int
    seconds: float
    labels: list[Labels]
    values: list[Value]


class _Block(msgspec.Struct, array_like=True):
    """Labels stand once; a frame names its series by their place among them."""

    kind: str
    labels: list[Labels]
    frames: list[tuple[int, float, list[int], list[Value]]]


_frame_decoder = msgspec.msgpack.Decoder(_OneFrame)
_block_decoder = msgspec.msgpack.Decoder(_Block)


def frame_to_bytes(frame: Frame) -> bytes:
    labels, values = list(frame.values), list(frame.values.values())
    return msgspec.msgpack.encode(_OneFrame(frame.kind, frame.at, frame.seconds, labels, values))


def frame_from_bytes(raw: bytes) -> Frame:
    one = _frame_decoder.decode(raw)
    values = dict(zip(one.labels, one.values, strict=True))
    return Frame(kind=one.kind, at=one.at, seconds=one.seconds, values=values)


def block_to_bytes(frames: Sequence[Frame]) -> bytes:
    """A block of one metric's frames."""
    places: dict[Labels, int] = {}
    rows = [
        (
            frame.at,
            frame.seconds,
            [places.setdefault(labels, len(places)) for labels in frame.values],
            list(frame.values.values()),
        )
        for frame in frames
    ]
    block = _Block(frames[-1].kind, list(places), rows)
    return zstandard.ZstdCompressor(level=_LEVEL).compress(msgspec.msgpack.encode(block))


def block_from_bytes(raw: bytes) -> list[Frame]:
    block = _block_decoder.decode(zstandard.ZstdDecompressor().decompress(raw))
    return [
        Frame(
            kind=block.kind,
            at=at,
            seconds=seconds,
            values={block.labels[place]: v for place, v in zip(places, values, strict=True)},
        )
        for at, seconds, places, values in block.frames
    ]
