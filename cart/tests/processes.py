"""The check-out's real processes: consumers of its streams, and a worker for its tasks."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from aws.streams.handlers import discover, registered
from embedded.processes import Child

# A dead consumer's shards are taken over soon, so that a test need not wait.
_QUICK = {"TXHUB_STREAM_LEASE_S": "3", "TXHUB_STREAM_POLL_S": "0.05"}


def start_consumer(log: str = "cart-consumer.log") -> Child:
    """A process that runs all handlers of the shop."""
    discover()
    names = [each.name for each in registered() if each.__module__ == "cart.consumers"]
    return _started("consumer", ["manage.py", "consume", *names], log)


def start_worker(log: str = "cart-worker.log") -> Child:
    """A Celery worker for the queue `cart`."""
    command = ["-m", "celery", "-A", "config.celery", "worker", "-Q", "cart", "-c", "2"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]
    return _started("worker", [*command, *quiet], log)


@contextmanager
def running_shop() -> Iterator[None]:
    children = [start_consumer(), start_worker()]
    try:
        yield
    finally:
        for child in children:
            child.kill()


def wait_until(holds: Callable[[], bool], *, seconds_max: float = 60) -> None:
    deadline = time.monotonic() + seconds_max
    while not holds():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.05)


def _started(name: str, arguments: list[str], log: str) -> Child:
    return Child.start(
        name,
        [sys.executable, *arguments],
        log=Path(settings.VAR_DIR) / log,
        environment={**os.environ, **_QUICK},
        directory=settings.BASE_DIR,
    )
