"""What the supervisor tells the person at the terminal."""

import contextlib
import os
import signal
from types import FrameType


def say(line: str) -> None:
    """Prints a line. Safe in a signal handler, and when the terminal is gone."""
    with contextlib.suppress(OSError):
        os.write(1, f"{line}\n".encode())


class StopAsked(Exception):
    """Somebody pressed Ctrl-C, or sent SIGTERM."""


class Ears:
    """Hears SIGINT, SIGTERM and SIGHUP, and remembers."""

    def __init__(self) -> None:
        self.stop_asked = False
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._hear)

    def _hear(self, _signum: int, _frame: FrameType | None) -> None:
        if self.stop_asked:
            say("Stopping already; the engine may take a while to save its state.")
        self.stop_asked = True
