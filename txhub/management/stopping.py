"""How a command that runs until it is told to stop hears of it."""

import signal
import time
from types import FrameType

_LOOK_EVERY_S = 0.1


class StopSignal:
    """SIGTERM and SIGINT set `asked`; the command looks at it when its work at hand is done."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def pause(self, seconds: float) -> None:
        """Waits so long, or until it is asked to stop."""
        until = time.monotonic() + seconds
        while not self.asked and time.monotonic() < until:
            time.sleep(_LOOK_EVERY_S)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
