"""Listeners as processes of their own."""

import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from embedded.processes import Child
from txhub.tests.realtime.queues import MessageQueue, until

_BEGINS_S_MAX = 60.0


def start_listener(queue: MessageQueue, **environment: str) -> Child:
    """`manage.py listen`; whoever starts it ends it."""
    return _start(queue, ["manage.py", "listen"], environment)


def start_deadly_listener(queue: MessageQueue, die_at: str, **environment: str) -> Child:
    """One that kills itself."""
    module = ["-m", "txhub.tests.realtime.deadly"]
    return _start(queue, module, {**environment, "TXHUB_DIE_AT": die_at})


def _start(queue: MessageQueue, program: list[str], environment: dict[str, str]) -> Child:
    return Child.start(
        "listener",
        [sys.executable, *program, "--url", queue.url, "--queue", queue.name],
        log=Path(settings.VAR_DIR) / f"listener-{queue.name}.log",
        environment={**os.environ, **environment},
        directory=settings.BASE_DIR,
    )


def kill_in_turn(
    queue: MessageQueue,
    start: Callable[[], Child],
    *,
    pause_s: tuple[float, float],
    seed: int,
) -> int:
    """Of two listeners one after the other is killed and replaced, until the queue is empty; how
    many were killed. Each had worked: messages went since the other was killed."""
    chance = random.Random(seed)  # noqa: S311
    listeners, kills = [start(), start()], 0
    try:
        while waiting := queue.waiting():
            until(lambda: queue.waiting() < waiting, seconds_max=_BEGINS_S_MAX)
            time.sleep(chance.uniform(*pause_s))
            listeners[kills % 2].kill()
            listeners[kills % 2] = start()
            kills += 1
    finally:
        for listener in listeners:
            listener.kill()
    return kills
