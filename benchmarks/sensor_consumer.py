"""A consumer of readings as a process of its own, which says how far it is.

`python -m benchmarks.sensor_consumer FILE` works until SIGTERM; FILE always holds what it has done.
"""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

_TELL_S = 0.1


def main(path: Path) -> None:
    import django

    django.setup()
    from aws.streams.process import consume
    from sensors.consumers import SensorBins

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signum, _frame: stop.set())
    threading.Thread(target=_tell, args=(path,), daemon=True).start()
    consume([SensorBins], stop)


def _tell(path: Path) -> None:
    from sensors.metrics import BINS, READINGS, BinLabels, ReadingLabels

    seen = {"taken": 0.0, "binned": 0.0}
    at = dict.fromkeys(("first", "last"), 0.0)
    while True:
        now = {step: READINGS.value(ReadingLabels(step)) for step in seen}
        if now["taken"] and not at["first"]:
            at["first"] = time.time()
        if now != seen:
            seen, at["last"] = now, time.time()
        told = {**seen, **at, "bins": BINS.value(BinLabels("full")), "cpu_s": time.process_time()}
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(told))
        os.replace(fresh, path)
        time.sleep(_TELL_S)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
