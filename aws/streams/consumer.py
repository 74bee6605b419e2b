"""One process's part in one stream: which lanes it opens, and which it gives to others."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from aws.metrics.names import STREAM_ITERATOR_AGE, STREAM_STOPPED, STREAM_TAKEOVERS, HandlerLabels
from aws.streams.beginnings import Beginnings
from aws.streams.handlers import AnyHandler
from aws.streams.lane import Bury, Lane
from aws.streams.leases import HandlerState, Lease, Ledger, StreamLeases
from aws.streams.open_lanes import LaneKey, OpenLane, OpenLanes
from aws.streams.opening import Opener
from aws.streams.shards import Beginning, Listing, is_covered
from aws.streams.sharing import in_order
from aws.streams.source import Source
from aws.streams.views import View, view_of
from kernel.clock import Clock
from kernel.errors import Conflict

log = structlog.get_logger(__name__)
TICK_S = 1.0
LIST_EVERY = timedelta(seconds=10)


class Consumer:
    """`tick` is called every second or so, by one thread; `run` is given each lane it opens."""

    def __init__(
        self,
        source: Source,
        handlers: Iterable[AnyHandler],
        leases: StreamLeases,
        *,
        run: Callable[[OpenLane], None],
        bury: Bury,
        clock: Clock,
    ) -> None:
        self.lanes = OpenLanes(leases)
        self._source, self._leases, self._run, self._clock = source, leases, run, clock
        self._handlers = {each.name: each for each in handlers}
        self._beginnings = Beginnings(source, leases)
        self._opener = Opener(source, leases, self._beginnings, bury=bury, clock=clock)
        self._listing = Listing(stream="", shards={})
        self._list_at = self._survey_at = clock()
        self._all_assigned = False
        self._first_seen: dict[LaneKey, datetime] = {}

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do: every shard is read by somebody, and ours to the tip."""
        return self._all_assigned and all(each.lane.quiet for each in self.lanes)

    def tick(self) -> float:
        """Notes what the lanes have done; surveys the stream when there is news, or it is time.

        Returns after how many seconds to call again. Raises `Unavailable`; the next tick does what
        this one left.
        """
        now = self._clock()
        has_news = any(_has_news(each.lane) for each in self.lanes)
        self.lanes.save(now)
        self.lanes.release()
        self._measure()
        if has_news or now >= self._survey_at:
            self._survey_at = now + self._leases.lease / 4
            self._survey(now, list_again=has_news)
        return TICK_S if now < self._survey_at else 0.0

    def leave(self) -> None:
        """Asks every lane to end; `give_back` when they have."""
        for each in self.lanes:
            each.lane.leaving = True

    def give_back(self) -> None:
        """Gives the leases to whoever takes them first."""
        self.lanes.release()
        self._leases.leave()

    def _survey(self, now: datetime, *, list_again: bool) -> None:
        if list_again or now >= self._list_at:
            self._list(now)
        self._leases.join(frozenset(self._handlers), now)
        ledger = self._leases.load(now)
        self._drop_taken(ledger)
        views = {
            name: view_of(name, ledger, self._listing, now)
            for name in self._handlers
            if self._has_begun(name, ledger.handlers.get(name), now)
        }
        if self._take_share(views, ledger, now):
            self._survey_at = now
        self._all_assigned = self._survey_at > now and all(
            self._is_read(shard, name, ledger) for name in views for shard in views[name].shards
        )

    def _list(self, now: datetime) -> None:
        self._listing, self._list_at = self._source.list(), now + LIST_EVERY

    def _drop_taken(self, ledger: Ledger) -> None:
        for each in self.lanes:
            lease = ledger.leases.get((each.shard.id, each.handler))
            if lease is None or (lease.owner, lease.epoch) != (self._leases.owner, each.epoch):
                log.warning("stream_lease_lost", shard=each.shard.id, handler=each.handler)
                self.lanes.drop(each)
        self._opener.close_readers(but={each.shard.id for each in self.lanes})

    def _has_begun(self, name: str, state: HandlerState | None, now: datetime) -> bool:
        """False where it has stopped, or has just begun (anew): the next survey shows it."""
        if state is not None and state.beginning.stream != self._listing.stream:
            self._list(now)  # it may be our listing that is out of date
        if state is None or state.beginning.stream != self._listing.stream:
            self._beginnings.on_stream(name, state, now)
            self._survey_at = now
            return False
        if self._has_stopped(name, state, now):
            return False
        for each in self._of(name):
            if each.lane.position.beginning != state.beginning.number:
                each.lane.leaving = True
            elif each.lane.trimmed and not self._goes_on(each, state.beginning, now):
                self._survey_at = now
                return False
        return True

    def _has_stopped(self, name: str, state: HandlerState, now: datetime) -> bool:
        reasons = [each.lane.stop_reason for each in self._of(name) if each.lane.stop_reason]
        if reasons:
            log.error("stream_handler_stopped", handler=name, reason=reasons[0])
            self._leases.stop(name, reasons[0], now)
        stopped = bool(reasons or state.stopped)
        STREAM_STOPPED.set(HandlerLabels(name), stopped)
        for each in self._of(name) if stopped else ():
            each.lane.leaving = True
        return stopped

    def _goes_on(self, opened: OpenLane, beginning: Beginning, now: datetime) -> bool:
        """Sees to a lane whose shard was trimmed. False where its handler begins anew."""
        lane, after = opened.lane, beginning.at
        retention = self._source.retention
        if not is_covered(lane.where, lane.position, beginning, retention=retention, now=now):
            reason = "the stream has trimmed what was still to be read"
            if self._beginnings.mend(opened.handler, beginning, reason, now):
                return False
            after = now
        lane.go_on(after=after, is_listed=opened.shard.id in self._listing.shards)
        return True

    def _take_share(self, views: Mapping[str, View], ledger: Ledger, now: datetime) -> bool:
        """Gives back what is more than our share and takes what is free; whether it took any."""
        wanted = {name: self._wanted(name, view) for name, view in views.items()}
        free = {name: view.free() for name, view in views.items()}
        here = {each.shard.id for each in self.lanes}
        took = False
        for shard in in_order(set().union(*free.values()), here):
            names = [name for name in free if shard in free[name] and wanted[name] > 0]
            for name, lease in self._claim(shard, names, now).items():
                took, wanted[name] = True, wanted[name] - 1
                self._count_takeover(shard, name, ledger)
                self._open(name, views[name], shard, lease, now)
        return took

    def _wanted(self, name: str, view: View) -> int:
        """How many more shards are ours to take; what we hold too much is asked to leave."""
        ours = view.share_of(self._leases.owner)
        mine = [each for each in self._of(name) if each.shard.id in view.shards]
        staying = sorted(each.shard.id for each in mine if not each.lane.leaving)
        for each in mine:
            if each.shard.id in staying[ours:]:
                each.lane.leaving = True
        return ours - len(staying)

    def _claim(self, shard: str, names: list[str], now: datetime) -> Mapping[str, Lease]:
        try:
            return self._leases.claim(shard, names, now) if names else {}
        except Conflict:
            return {}  # another process was faster

    def _count_takeover(self, shard: str, name: str, ledger: Ledger) -> None:
        before = ledger.leases.get((shard, name))
        if before is not None and before.owner not in (None, self._leases.owner):
            STREAM_TAKEOVERS.add(HandlerLabels(name))
            log.warning("stream_lease_taken_over", shard=shard, handler=name)

    def _open(self, name: str, view: View, shard: str, lease: Lease, now: datetime) -> None:
        opened = self._opener.open(self._handlers[name], view, view.shards[shard], lease, now)
        if opened is not None:
            self.lanes.add(opened)
            self._run(opened)

    def _is_read(self, shard: str, handler: str, ledger: Ledger) -> bool:
        """Whether somebody reads it: we, or a process whose lease we have seen to be renewed."""
        if self.lanes.get(shard, handler) is not None:
            return True
        lease = ledger.leases.get((shard, handler))
        if lease is None:
            return False
        return self._first_seen.setdefault((shard, handler), lease.expires) != lease.expires

    def _of(self, name: str) -> list[OpenLane]:
        return [each for each in self.lanes if each.handler == name]

    def _measure(self) -> None:
        for name in self._handlers:
            ages = [each.lane.age_s() for each in self._of(name)]
            STREAM_ITERATOR_AGE.set(HandlerLabels(name), max(ages, default=0.0))


def _has_news(lane: Lane) -> bool:
    return lane.trimmed or lane.stop_reason is not None or lane.position.finished
