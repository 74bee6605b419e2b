"""Second Look's real process."""

import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from tests.forked import Forked

# A dead consumer's shards are taken over soon, so that a test need not wait.
_QUICK = {"TXHUB_STREAM_LEASE_S": "3", "TXHUB_STREAM_POLL_S": "0.05"}


def start_consumer(log: str = "second-look.log") -> Forked:
    """A process that looks twice."""
    return Forked.start(
        ["manage.py", "consume", "second_look"],
        log=Path(settings.VAR_DIR) / log,
        environment=_QUICK,
    )


def wait_until(holds: Callable[[], bool], *, seconds_max: float = 60) -> None:
    deadline = time.monotonic() + seconds_max
    while not holds():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.05)
