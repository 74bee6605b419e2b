"""A process that takes tasks of the state machine: some threads for each activity, each of which
waits for a task, does it, answers, and waits again."""

import threading
import time

import structlog

from aws.metrics import use_case
from aws.resources import Activity
from aws.stepfunctions import take
from cart.orchestration.machine import ACTIVITIES
from cart.workers.activities import answer
from kernel.errors import HubError

log = structlog.get_logger(__name__)
_AGAIN_AFTER_S = 1.0
_STOP_S_MAX = 10.0
_LOOK_S = 0.05


def work(stop: threading.Event, *, threads: int) -> None:
    """Takes tasks until `stop` is set, with so many threads for each activity; then ends with those
    at hand. A task that somebody else's poll, or ours, takes with it to the grave is given out
    again after its time."""
    takers = [_Taker(each, stop) for each in ACTIVITIES.values() for _number in range(threads)]
    for taker in takers:
        taker.start()
    stop.wait()
    deadline = time.monotonic() + _STOP_S_MAX
    while any(taker.is_busy for taker in takers) and time.monotonic() < deadline:
        time.sleep(_LOOK_S)


class _Taker(threading.Thread):
    """A daemon: while it waits for a task, nothing can wake it."""

    def __init__(self, activity: Activity, stop: threading.Event) -> None:
        super().__init__(name=activity.name, daemon=True)
        self._activity, self._stopping = activity, stop
        self.is_busy = False

    def run(self) -> None:
        with use_case(f"{self._activity.name}.task"):
            while not self._stopping.is_set():
                try:
                    self._take_one()
                except HubError as error:
                    log.warning("task_untaken", activity=self._activity.name, code=error.code)
                    self._stopping.wait(_AGAIN_AFTER_S)
                except Exception:
                    log.exception("task_failed", activity=self._activity.name)

    def _take_one(self) -> None:
        task = take(self._activity)
        if task is None:
            return
        self.is_busy = True
        try:
            answer(task)
        finally:
            self.is_busy = False
