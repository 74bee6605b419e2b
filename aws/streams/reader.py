"""Reads a shard once for all handlers of this process."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from aws.streams.shards import After, Shard, Where
from aws.streams.source import AnyRecord, IteratorExpired, Page, Readable, Trimmed
from kernel.clock import Clock
from kernel.errors import HubError

_V = TypeVar("_V")
CHUNKS_MAX = 4  # kept for handlers that are behind; of 1,000 records or 1 MB each
_SLOWER = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Records, and where to read on; or none, and how long to wait before the next look.

    `ended`: the shard has no more, ever. `at_tip`: it has no more at this moment.
    """

    records: tuple[AnyRecord, ...] = ()
    then: Where
    ended: bool = False
    at_tip: bool = False
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Pause:
    """A place at which nothing is read until `until`, since there was little or nothing there."""

    until: datetime
    seconds: float
    at_tip: bool = False


class ShardReader:
    """Handlers at the same place share what one of them has read; safe to share between threads.

    The last few chunks are kept. A handler further behind than these reads for itself, until it
    comes to where the others are: so it neither loses records nor holds anybody up.
    """

    def __init__(self, readable: Readable, shard: Shard, *, clock: Clock) -> None:
        self.shard = shard
        self._readable, self._clock = readable, clock
        self._chunks: OrderedDict[Where, Chunk] = OrderedDict()
        self._iterators: OrderedDict[Where, str] = OrderedDict()
        self._pauses: OrderedDict[Where, Pause] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, where: Where, at: datetime) -> Chunk:
        """What comes after `where`. Raises `Trimmed` and `Unavailable`; `at` as for `open`."""
        with self._lock:
            known = self._chunks.get(where)
            if known is not None:
                return known
            pause = self._pauses.get(where)
            wait_s = (pause.until - self._clock()).total_seconds() if pause else 0.0
            if pause and wait_s > 0:
                return Chunk(then=where, at_tip=pause.at_tip, wait_s=wait_s)
            return self._fetch(where, at)

    def _fetch(self, where: Where, at: datetime) -> Chunk:
        pace = self._readable.pace
        try:
            page = self._page(where, at)
        except IteratorExpired:  # and forgotten: the next call makes another
            return Chunk(then=where)
        except Trimmed:
            # What was kept leads here: whoever goes on at the horizon must see what is there today.
            self._chunks.clear()
            raise
        except HubError:
            self._pause(where, pace.slow_s)
            raise
        then = After(page.records[-1].sequence) if page.records else where
        if page.iterator is not None:
            _keep(self._iterators, then, page.iterator, most=2 * CHUNKS_MAX)
        if page.records or page.iterator is None:
            self._pause(then, pace.quick_s)
            chunk = Chunk(records=page.records, then=then, ended=page.iterator is None)
            _keep(self._chunks, where, chunk, most=CHUNKS_MAX)
            return chunk
        before = self._pauses.get(where)
        seconds = min(pace.slow_s, before.seconds * _SLOWER if before else pace.quick_s)
        self._pause(where, seconds, at_tip=page.at_tip)
        return Chunk(then=where, at_tip=page.at_tip, wait_s=seconds)

    def _page(self, where: Where, at: datetime) -> Page:
        # Whatever goes wrong, the iterator is not used again: one can be made from `where`.
        known = self._iterators.pop(where, None)
        iterator = known or self._readable.open(self.shard, where, at)
        return self._readable.read(self.shard, iterator)

    def _pause(self, where: Where, seconds: float, *, at_tip: bool = False) -> None:
        until = self._clock() + timedelta(seconds=seconds)
        _keep(self._pauses, where, Pause(until, seconds, at_tip), most=2 * CHUNKS_MAX)


def _keep(kept: "OrderedDict[Where, _V]", where: Where, value: _V, *, most: int) -> None:
    kept[where] = value
    while len(kept) > most:
        kept.popitem(last=False)
