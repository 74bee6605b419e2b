"""Opens the lane of a lease that was just claimed."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from aws.streams.beginnings import Beginnings
from aws.streams.handlers import AnyHandler
from aws.streams.lane import Bury, Lane
from aws.streams.leases import Lease, StreamLeases
from aws.streams.open_lanes import OpenLane
from aws.streams.reader import ShardReader
from aws.streams.shards import From, Gap, Position, Shard, Where, resume
from aws.streams.source import Source
from aws.streams.views import View
from kernel.clock import Clock


class Opener:
    """Lanes on one shard share a reader."""

    def __init__(
        self,
        source: Source,
        leases: StreamLeases,
        beginnings: Beginnings,
        *,
        bury: Bury,
        clock: Clock,
    ) -> None:
        self._source, self._leases, self._beginnings = source, leases, beginnings
        self._bury, self._clock = bury, clock
        self._readers: dict[str, ShardReader] = {}

    def open(
        self, handler: AnyHandler, view: View, shard: Shard, lease: Lease, now: datetime
    ) -> OpenLane | None:
        """None where the handler has to begin anew instead; then the lease is given back."""
        position = view.position_in(shard, lease)
        where = resume(shard, position, view.beginning, owner=self._leases.owner)
        if isinstance(where, Gap):
            if self._beginnings.mend(handler.name, view.beginning, where.reason, now):
                self._leases.release(shard.id, {handler.name: (lease.epoch, position)})
                return None
            where, position = From.HORIZON, replace(position, at=now)
        return OpenLane(
            shard=shard,
            handler=handler.name,
            lane=self._lane(handler, shard, where, position, lease.expires),
            epoch=lease.epoch,
            saved=None,  # it is noted at once that the handler has begun here
            renew_at=now,
        )

    def close_readers(self, *, but: Collection[str]) -> None:
        """Forgets the readers of all other shards."""
        for shard in self._readers.keys() - but:
            del self._readers[shard]

    def _lane(
        self,
        handler: AnyHandler,
        shard: Shard,
        where: Where,
        position: Position,
        valid_until: datetime,
    ) -> Lane:
        return Lane(
            handler(),
            self._reader(shard),
            source=self._source.name,
            where=where,
            position=position,
            valid_until=valid_until,
            bury=self._bury,
            clock=self._clock,
        )

    def _reader(self, shard: Shard) -> ShardReader:
        known = self._readers.get(shard.id)
        if known is None:
            readable = self._source.sweep if shard.is_segment else self._source
            assert readable is not None, "only what can be swept has segments"
            known = self._readers[shard.id] = ShardReader(readable, shard, clock=self._clock)
        return known
