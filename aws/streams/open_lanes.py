"""The lanes that this process has open on one stream, and their leases."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog

from aws.streams.lane import Lane
from aws.streams.leases import Held, LeaseLost, StreamLeases
from aws.streams.shards import Position, Shard

log = structlog.get_logger(__name__)
LaneKey = tuple[str, str]  # shard, handler


@dataclass(slots=True, kw_only=True)
class OpenLane:
    """A lane with the epoch of its lease, and what was noted of it last."""

    shard: Shard
    handler: str
    lane: Lane
    epoch: int
    saved: Position | None
    renew_at: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether there is something to note; that time has passed at a quiet tip is nothing."""
        if self.saved is None or now >= self.renew_at:
            return True
        noted, position = self.saved, self.lane.position
        return (noted.sequence, noted.finished) != (position.sequence, position.finished)


class OpenLanes:
    """Keeps their leases, notes their positions, and gives them back."""

    def __init__(self, leases: StreamLeases) -> None:
        self._leases = leases
        self._open: dict[LaneKey, OpenLane] = {}

    def __iter__(self) -> Iterator[OpenLane]:
        return iter(list(self._open.values()))

    def add(self, opened: OpenLane) -> None:
        self._open[opened.shard.id, opened.handler] = opened

    def get(self, shard: str, handler: str) -> OpenLane | None:
        return self._open.get((shard, handler))

    def save(self, now: datetime) -> None:
        """Renews leases and notes positions, one write for each shard that has something due."""
        for shard, lanes in _by_shard(each for each in self if each.is_due(now)):
            held = _held(lanes)
            try:
                self._leases.save(shard, held, now)
            except LeaseLost as error:
                self._drop_lost(shard, error.handlers)
                continue
            for each in lanes:
                self._saved(each, held[each.handler][1], now)

    def release(self) -> None:
        """Gives back the leases of the lanes that were asked to leave, and have."""
        left = (each for each in self if each.lane.leaving and each.lane.has_ended)
        for shard, lanes in _by_shard(left):
            try:
                self._leases.release(shard, _held(lanes))
            except LeaseLost as error:
                self._drop_lost(shard, error.handlers)
                continue
            for each in lanes:
                self.drop(each)

    def drop(self, lost: OpenLane) -> None:
        """Forgets a lane; its handler is given nothing more."""
        lost.lane.leaving = True
        self._open.pop((lost.shard.id, lost.handler), None)

    def _saved(self, saved: OpenLane, position: Position, now: datetime) -> None:
        saved.saved, saved.renew_at = position, now + self._leases.lease / 3
        saved.lane.valid_until = now + self._leases.lease
        if position.finished:
            self.drop(saved)

    def _drop_lost(self, shard: str, handlers: Iterable[str]) -> None:
        """Those that others have now. The rest of the shard is written at the next turn."""
        for handler in handlers:
            log.warning("stream_lease_lost", shard=shard, handler=handler)
            lost = self.get(shard, handler)
            if lost is not None:
                self.drop(lost)


def _by_shard(lanes: Iterable[OpenLane]) -> list[tuple[str, list[OpenLane]]]:
    grouped: defaultdict[str, list[OpenLane]] = defaultdict(list)
    for each in lanes:
        grouped[each.shard.id].append(each)
    return list(grouped.items())


def _held(lanes: Iterable[OpenLane]) -> dict[str, Held]:
    return {each.handler: (each.epoch, each.lane.position) for each in lanes}
