"""A Celery worker that ends itself, and its whole process group, with SIGKILL at one place.

`TXHUB_DIE_AT=module:attribute:before:2` dies right before the second call of a function in one
process, `after` right after it; `slow:12` takes 12 s longer for each call. `TXHUB_REDELIVER_S`:
after so long the broker gives a message to another worker. Nothing else differs from
`config.celery`.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

from celery.signals import worker_process_init

from config.celery import app

_QUEUES = ["-Q", "default,batch,chunks"]
_QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]


@worker_process_init.connect
def arm(**_arguments: object) -> None:
    """Does what `TXHUB_DIE_AT` says, in this process."""
    place = os.environ.get("TXHUB_DIE_AT")
    if not place:
        return
    module, path, when, number = place.split(":")
    *parents, name = path.split(".")
    holder: Any = import_module(module)
    for each in parents:
        holder = getattr(holder, each)
    setattr(holder, name, _deadly(getattr(holder, name), when, int(number)))


def _deadly(function: Callable[..., Any], when: str, number: int) -> Callable[..., Any]:
    calls = 0

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if when == "slow":
            time.sleep(number)
        if calls == number and when == "before":
            os.killpg(0, signal.SIGKILL)
        result = function(*args, **kwargs)
        if calls == number and when == "after":
            os.killpg(0, signal.SIGKILL)
        return result

    return wrapped


def _work(processes: str) -> None:
    if seconds := os.environ.get("TXHUB_REDELIVER_S"):
        app.conf.broker_transport_options = {"visibility_timeout": int(seconds)}
    app.worker_main(["worker", *_QUEUES, "-c", processes, *_QUIET])


if __name__ == "__main__":
    _work(sys.argv[1])
