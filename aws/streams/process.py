"""A consumer process: a thread for each stream that it reads, and one for each lane."""

import os
import secrets
import socket
import threading
from collections import defaultdict
from collections.abc import Iterable
from time import monotonic

import structlog

from aws.metrics import use_case
from aws.resources import Stream, Table
from aws.streams import conf, dead_letters
from aws.streams.consumer import TICK_S, Consumer
from aws.streams.handlers import AnyHandler
from aws.streams.kinesis_stream import KinesisStream
from aws.streams.leases import StreamLeases
from aws.streams.open_lanes import OpenLane
from aws.streams.source import Source
from aws.streams.table_stream import TableStream
from kernel.clock import utc_now
from kernel.errors import HubError

log = structlog.get_logger(__name__)
STOP_S_MAX = 10.0  # for the batches at hand; after that the leases are left to run out
_LOOK_S = 0.1


def consume(
    handlers: Iterable[AnyHandler], stop: threading.Event, *, until_idle: bool = False
) -> bool:
    """Runs handlers until `stop` is set, or nothing waits for any of them where `until_idle`.

    Whether it ended as it was asked to; False: a thread of its own has died.
    """
    by_source: dict[Table | Stream, list[AnyHandler]] = defaultdict(list)
    for handler in handlers:
        by_source[handler.source].append(handler)
    streams = [StreamThread(source, each) for source, each in by_source.items()]
    for stream in streams:
        stream.start()
    alive = True
    while alive and not stop.wait(_LOOK_S):
        alive = all(stream.is_alive for stream in streams)
        if until_idle and all(stream.is_idle for stream in streams):
            break
    for stream in streams:
        stream.ask_to_stop()
    for stream in streams:
        stream.join()
    return alive


def source_of(declared: Table | Stream) -> Source:
    """The stream of a table, or a Kinesis stream."""
    if isinstance(declared, Table):
        return TableStream(declared)
    return KinesisStream(declared)


def leases_of(source: Source, owner: str) -> StreamLeases:
    """The door of a process to the leases of a stream."""
    return StreamLeases(source.name, owner, lease=conf.LEASE, keep=2 * source.retention)


def owner_name() -> str:
    """Names a process among all that ever read a stream."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"


class StreamThread:
    """Reads one stream for some handlers, until it is asked to stop."""

    def __init__(self, declared: Table | Stream, handlers: Iterable[AnyHandler]) -> None:
        source = source_of(declared)
        self._consumer = Consumer(
            source,
            handlers,
            leases_of(source, owner_name()),
            run=self._start_lane,
            bury=dead_letters.send,
            clock=utc_now,
        )
        self._name = source.name
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._lanes: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._run, name=source.name)

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def is_idle(self) -> bool:
        return self._consumer.is_idle

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._stopping.set()
        self._wake.set()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        with use_case("streams.leases"), structlog.contextvars.bound_contextvars(source=self._name):
            while not self._stopping.is_set():
                self._wake.wait(self._tick())
                self._wake.clear()
            self._stop()

    def _tick(self) -> float:
        self._lanes = [each for each in self._lanes if each.is_alive()]
        try:
            return self._consumer.tick()
        except HubError as error:
            log.warning("stream_tick_failed", code=error.code, reason=error.message)
            return TICK_S

    def _stop(self) -> None:
        """Ends the lanes after the batches at hand, and gives back the leases of those that did."""
        self._consumer.leave()
        deadline = monotonic() + STOP_S_MAX
        for lane in self._lanes:
            lane.join(max(0.0, deadline - monotonic()))
        try:
            self._consumer.give_back()
        except HubError as error:
            log.warning("stream_leases_left", code=error.code, reason=error.message)

    def _start_lane(self, opened: OpenLane) -> None:
        # Daemons: a handler that hangs does not keep the process from ending.
        thread = threading.Thread(target=self._run_lane, args=(opened,), daemon=True)
        self._lanes.append(thread)
        thread.start()

    def _run_lane(self, opened: OpenLane) -> None:
        ids = {"handler": opened.handler, "source": self._name, "shard": opened.shard.id}
        with use_case(f"streams.{opened.handler}"), structlog.contextvars.bound_contextvars(**ids):
            log.info("stream_lane_opened", epoch=opened.epoch)
            try:
                while (wait_s := opened.lane.step()) is not None:
                    if wait_s:
                        self._stopping.wait(wait_s)
            except BaseException:
                opened.lane.leaving = True  # a lane without a thread must not keep its lease
                raise
            finally:
                self._wake.set()
