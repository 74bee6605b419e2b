"""Pages read by plain boto3, in an open loop with threads: the other side of the comparison.

`python -m benchmarks.plain_pages FILE` reads pickled `Pages` and prints `Measured` as JSON.
"""

import json
import pickle
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from botocore import xform_name

from benchmarks.load import WARM_UP_S, Measured

_THREADS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What to read: for each journey the parameters of its calls, one after the other."""

    journeys: Sequence[Sequence[tuple[str, dict[str, Any]]]]
    seconds: float
    per_s: float


def measure(pages: Pages) -> Measured:
    from aws.sessions import build_client

    client = build_client("dynamodb")
    _open_loop(client, pages, WARM_UP_S)
    return _open_loop(client, pages, pages.seconds)


def _open_loop(client: Any, pages: Pages, seconds: float) -> Measured:
    measured = Measured()

    def read(number: int, due: float) -> None:
        for operation, parameters in pages.journeys[number % len(pages.journeys)]:
            getattr(client, xform_name(operation))(**parameters)
        measured.latencies_ms.append((time.perf_counter() - due) * 1000)

    began, cpu_began = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(_THREADS) as pool:
        for number in range(int(pages.per_s * seconds)):
            due = began + number / pages.per_s
            time.sleep(max(0.0, due - time.perf_counter()))
            pool.submit(read, number, due)
    expected = int(pages.per_s * seconds)
    measured.errors = expected - len(measured.latencies_ms)
    measured.cpu_seconds = time.process_time() - cpu_began
    measured.seconds = time.perf_counter() - began
    return measured


if __name__ == "__main__":
    # `python -m` calls this module `__main__`; the pickle knows it by its name.
    from benchmarks import plain_pages

    # Written by the benchmark that started us a moment ago.
    order = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301
    print(json.dumps(asdict(plain_pages.measure(order))))
