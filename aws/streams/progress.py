"""How far handlers are, as values: for operators' pages, and for alarms about dead consumers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aws.metrics.names import STREAM_BEHIND, STREAM_READERS, HandlerLabels
from aws.streams.handlers import AnyHandler, registered
from aws.streams.leases import Ledger
from aws.streams.process import leases_of, source_of
from kernel.clock import Clock, utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardProgress:
    """`owner`: the process that reads it, None where nobody does."""

    shard: str
    owner: str | None
    epoch: int
    behind_s: float | None
    is_finished: bool
    sequence: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerProgress:
    """Where a handler stands on its stream. `stopped`: why nobody runs it."""

    handler: str
    source: str
    has_begun: bool
    stopped: str | None
    stopped_at: datetime | None
    gaps: int
    beginning: int
    shards: tuple[ShardProgress, ...]

    @property
    def readers(self) -> int:
        return len({each.owner for each in self.shards} - {None})

    @property
    def behind_s(self) -> float:
        """The oldest checkpoint of a shard that is still read."""
        open_shards = [each.behind_s for each in self.shards if not each.is_finished]
        return max((each for each in open_shards if each is not None), default=0.0)


def progress(handlers: Iterable[AnyHandler], *, clock: Clock = utc_now) -> list[HandlerProgress]:
    """One for each handler, in one read of each stream's leases."""
    ledgers: dict[str, Ledger] = {}
    found = []
    for handler in handlers:
        source = source_of(handler.source)
        if source.name not in ledgers:
            ledgers[source.name] = leases_of(source, "progress").load(clock())
        found.append(_progress(handler.name, source.name, ledgers[source.name], clock()))
    return found


def measure() -> None:
    """Sets the gauges of all handlers that have begun."""
    begun = [each for each in progress(registered()) if each.has_begun]
    running = [each for each in begun if each.stopped is None]
    STREAM_READERS.replace({HandlerLabels(each.handler): each.readers for each in running})
    STREAM_BEHIND.replace({HandlerLabels(each.handler): each.behind_s for each in begun})


def _progress(handler: str, source: str, ledger: Ledger, now: datetime) -> HandlerProgress:
    state = ledger.handlers.get(handler)
    number = state.beginning.number if state else 0
    return HandlerProgress(
        handler=handler,
        source=source,
        has_begun=state is not None,
        stopped=state.stopped if state else None,
        stopped_at=state.stopped_at if state else None,
        gaps=state.gaps if state else 0,
        beginning=number,
        shards=tuple(_shards(handler, ledger, number, now)),
    )


def _shards(handler: str, ledger: Ledger, beginning: int, now: datetime) -> list[ShardProgress]:
    found = []
    for (shard, name), lease in sorted(ledger.leases.items()):
        position = lease.position
        if name != handler or (position is not None and position.beginning != beginning):
            continue
        found.append(
            ShardProgress(
                shard=shard,
                owner=lease.held_at(now),
                epoch=lease.epoch,
                behind_s=(now - position.at).total_seconds() if position else None,
                is_finished=bool(position and position.finished),
                sequence=position.sequence if position else None,
            )
        )
    return found
