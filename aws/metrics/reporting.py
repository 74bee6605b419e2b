"""The background threads that carry metrics out of a process.

Long-lived processes call `start("web")` (or `worker`, `consumer`) once; commands do not.

setting                        what it does
`METRICS_CLOUDWATCH`           true: report to CloudWatch every minute (default false)
`METRICS_CLOUDWATCH_NAMESPACE` where to (default `TxHub`)
`METRICS_NEIGHBOURS`           false: do not share snapshots through `REDIS_URL` (default true)
"""

import atexit
import os
import threading
from collections.abc import Sequence
from multiprocessing.util import Finalize
from typing import Protocol

import structlog
from django.conf import settings

from aws.metrics.cloudwatch import CloudWatch
from aws.metrics.neighbours import Neighbours, process_name
from aws.metrics.snapshots import Family, gathered

log = structlog.get_logger(__name__)

NEIGHBOURS_S = 5.0
_CLOUDWATCH_S = 60.0
_STOP_S_MAX = 10.0


class Sink(Protocol):
    """Somewhere that snapshots go."""

    def send(self, families: Sequence[Family]) -> None: ...
    def close(self) -> None: ...


class Reporter:
    """Sends a snapshot to one sink every `interval_s`, and a last one when stopped."""

    def __init__(self, sink: Sink, *, interval_s: float) -> None:
        self._sink = sink
        self._interval_s = interval_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Sends what is left and ends; waits for a report under way, but not for ever."""
        self._stopping.set()
        self._thread.join(_STOP_S_MAX)
        self._send()
        self._guarded(self._sink.close)

    def _run(self) -> None:
        while not self._stopping.wait(self._interval_s):
            self._send()

    def _send(self) -> None:
        self._guarded(lambda: self._sink.send(gathered()))

    def _guarded(self, step: "_Step") -> None:
        """Metrics must not take the process down with them, whatever a sink raises."""
        try:
            step()
        except Exception as error:
            log.warning("metrics_not_reported", sink=type(self._sink).__name__, error=repr(error))


class _Step(Protocol):
    def __call__(self) -> object: ...


_running: list[Reporter] = []


def start(role: str) -> None:
    """Starts this process's reporters, as the settings say; a second call changes nothing."""
    if _running:
        return
    if settings.METRICS_NEIGHBOURS:
        _running.append(Reporter(neighbours(role), interval_s=NEIGHBOURS_S))
    if settings.METRICS_CLOUDWATCH:
        cloudwatch = CloudWatch(settings.METRICS_CLOUDWATCH_NAMESPACE)
        _running.append(Reporter(cloudwatch, interval_s=_CLOUDWATCH_S))
    for reporter in _running:
        reporter.start()
    # A process that `multiprocessing` started, as Granian's are, ends without running `atexit`.
    Finalize(None, stop, exitpriority=0)


def stop() -> None:
    """Sends what is left. Runs by itself when the interpreter ends."""
    while _running:
        _running.pop().stop()


def neighbours(role: str) -> Neighbours:
    """The snapshots of this deployment's processes."""
    prefix = os.environ.get("TXHUB_PREFIX", "txhub")
    return Neighbours(settings.REDIS_URL, prefix, process_name(role))


atexit.register(stop)
# Threads do not survive a fork; the child starts its own.
os.register_at_fork(after_in_child=_running.clear)
