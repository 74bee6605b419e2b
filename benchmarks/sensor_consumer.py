"""A consumer of readings as a process of its own, which says how far it is.

`python -m benchmarks.sensor_consumer FILE` works until SIGTERM; FILE always holds what it has done.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws.streams.handlers import AnyHandler


def main(path: Path) -> None:
    import django

    django.setup()
    from aws.streams.process import consume

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signum, _frame: stop.set())
    consume([_telling(_teller(path))], stop)


def _telling(tell: Callable[[], None]) -> "AnyHandler":
    """The handler itself; it tells before its first batch, and after each."""
    from collections.abc import Sequence

    from aws.streams import Progress, Record
    from sensors.consumers import SensorBins

    class Telling(SensorBins):
        def __init__(self) -> None:
            super().__init__()
            tell()

        def handle(self, batch: Sequence[Record]) -> Progress:
            progress = super().handle(batch)
            tell()
            return progress

    return Telling


def _teller(path: Path) -> Callable[[], None]:
    from sensors.metrics import BINS, READINGS, BinLabels, ReadingLabels

    told_at: list[float] = []

    def tell() -> None:
        told_at.append(time.time())
        told = {
            **{step: READINGS.value(ReadingLabels(step)) for step in ("taken", "binned")},
            "bins": BINS.value(BinLabels("full")),
            "first": told_at[0],
            "last": told_at[-1],
            "cpu_s": time.process_time(),
        }
        fresh = path.with_suffix(f".{threading.get_ident()}")
        fresh.write_text(json.dumps(told))
        os.replace(fresh, path)

    return tell


if __name__ == "__main__":
    main(Path(sys.argv[1]))
