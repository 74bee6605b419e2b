"""Listeners as processes of their own."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from django.conf import settings

from tests.forked import Forked
from txhub.tests.realtime.queues import MessageQueue, until

_BEGINS_S_MAX = 60.0


class Killable(Protocol):
    def kill(self) -> None: ...


def start_listener(queue: MessageQueue, **environment: str) -> Forked:
    """`manage.py listen`; whoever starts it ends it."""
    return _start(queue, ["manage.py", "listen"], environment)


def start_deadly_listener(queue: MessageQueue, die_at: str, **environment: str) -> Forked:
    """One that kills itself."""
    module = ["-m", "txhub.tests.realtime.deadly"]
    return _start(queue, module, {**environment, "TXHUB_DIE_AT": die_at})


def _start(queue: MessageQueue, program: list[str], environment: dict[str, str]) -> Forked:
    return Forked.start(
        [*program, "--url", queue.url, "--queue", queue.name],
        log=Path(settings.VAR_DIR) / f"listener-{queue.name}.log",
        environment=environment,
    )


def kill_in_turn(
    queue: MessageQueue,
    start: Callable[[], Killable],
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
