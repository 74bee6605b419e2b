"""Shards, and how far a handler is in them. Pure: no clock, no AWS.

    parent  |== finished ==|
                           |== child == position -->  ... what is still to be read

A handler reads a shard when it has finished all the shard's parents. Where it begins is decided
once, for all shards there are at that moment, and written down as its `Beginning`. If the stream
turns out to have lost what the handler had still to read, it begins anew: it first sweeps the
table, in segments that are treated as parents of all shards.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

_SEGMENT = "sweep-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """`first_sequence`: where it starts; None while the stream does not say (it has no record)."""

    id: str
    parents: tuple[str, ...] = ()
    first_sequence: str | None = None

    @property
    def is_segment(self) -> bool:
        """Whether it is a segment of a sweep over the table, and no shard of the stream."""
        return self.id.startswith(_SEGMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The shards that a stream has. `stream` is its identity: another one if it is made anew."""

    stream: str
    shards: Mapping[str, Shard]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a handler is in a shard: the checkpoint.

    `sequence`: of the last record that is durably handled; None: of none yet. `at`: nothing that
    came before this moment is still to be read. `beginning`: which one it counts from.
    """

    beginning: int
    sequence: str | None
    at: datetime
    finished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """Where a handler began to read a stream, for the `number`th time (the first is 0).

    `by`: the process that wrote it down. `shards`: those that there were, with where they started
    (empty while that was not known). `segments`: in how many parts the table is swept first.
    """

    number: int
    at: datetime
    by: str
    stream: str
    shards: Mapping[str, str] = field(repr=False)
    segments: int = 0

    def sweep(self) -> Iterator[Shard]:
        """The segments of its sweep."""
        for index in range(self.segments):
            yield Shard(id=f"{_SEGMENT}{self.number}-{index}-{self.segments}")


class From(StrEnum):
    """Where to read a shard from, when no record of it has been read."""

    START = "start"  # its first record, which must still be there
    HORIZON = "horizon"  # the oldest that is still there, whatever is gone


@dataclass(frozen=True, slots=True)
class After:
    """Where to read a shard from: after this record, which must still be there."""

    sequence: str


Where = From | After


@dataclass(frozen=True, slots=True)
class Gap:
    """Records may be lost to the handler; `reason` says how that is known."""

    reason: str


def segment_index(segment: Shard) -> tuple[int, int]:
    """Which segment of its sweep it is, from 0, and how many there are."""
    _sweep, _number, index, total = segment.id.split("-")
    return int(index), int(total)


def eligible(
    listing: Listing, positions: Mapping[str, Position], beginning: Beginning
) -> list[Shard]:
    """What a handler may read now: the segments of its sweep, then the shards, parents first.

    `positions` are those of this beginning. Among the shards are also such that are no longer
    listed but were not read to their end: reading them shows what is lost.
    """

    def finished(shard_id: str) -> bool:
        return shard_id in positions and positions[shard_id].finished

    def unknown(shard_id: str) -> bool:
        return shard_id not in listing.shards and shard_id not in positions

    sweep = [segment for segment in beginning.sweep() if not finished(segment.id)]
    if sweep:
        return sweep
    vanished = [Shard(id=each) for each in positions if each not in listing.shards]
    return [
        shard
        for shard in (*vanished, *listing.shards.values())
        if not finished(shard.id)
        and all(finished(parent) or unknown(parent) for parent in shard.parents)
    ]


def first_position(
    shard: Shard, positions: Mapping[str, Position], beginning: Beginning
) -> Position:
    """Where a handler stands in a shard that it has not read yet: at the end of its parents."""
    ends = [positions[parent].at for parent in shard.parents if parent in positions]
    at = max(ends, default=beginning.at)
    return Position(beginning=beginning.number, sequence=None, at=at)


def resume(shard: Shard, position: Position, beginning: Beginning, *, owner: str) -> Where | Gap:
    """Where the process `owner`, which takes the shard over, goes on reading."""
    if position.sequence is not None:
        return After(position.sequence)
    if shard.is_segment or shard.id not in beginning.shards:
        return From.START
    # Nothing but the beginning says where to read from. Who wrote it down knows that the stream
    # has been there ever since; to others the shard itself must be able to tell: it still starts
    # where it did.
    noted = beginning.shards[shard.id]
    if beginning.by == owner or (noted and noted == shard.first_sequence):
        return From.HORIZON
    return Gap("nothing proves that the stream still has all since the handler began")


def is_covered(
    where: Where,
    position: Position,
    beginning: Beginning,
    *,
    retention: timedelta,
    now: datetime,
) -> bool:
    """Whether what a stream has trimmed after `position` is of no concern to the handler.

    It is where it has merely grown old, and is older than the beginning: then it was never
    promised, or the sweep has seen it. What is gone before its time is a loss.
    """
    has_grown_old = now - position.at >= retention
    if where == From.HORIZON:
        return not has_grown_old
    return has_grown_old and now - beginning.at < retention
