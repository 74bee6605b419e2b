"""Listeners as processes of their own."""

import os
import sys
from pathlib import Path

from django.conf import settings

from embedded.processes import Child
from txhub.tests.realtime.queues import MessageQueue


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
