"""`python -m benchmarks [NAME ...]`: runs the named benchmarks, or all of them."""

import sys
from collections.abc import Sequence
from multiprocessing import get_context

from benchmarks.running import COULD_NOT_RUN, run_and_exit

BENCHMARKS = (
    "volumes",
    "register",
    "ingest",
    "api",
    "matching",
    "listener",
    "statements",
    "streams",
    "saga",
    "sensors",
    "digest",
    "secondlook",
    "metrics",
    "mail",
)


def main(names: Sequence[str]) -> int:
    """0 when all aims were met, 1 when one was missed, 2 when a benchmark could not run."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(BENCHMARKS)}.")
        return COULD_NOT_RUN
    return max(map(_in_a_process_of_its_own, names or BENCHMARKS))


def _in_a_process_of_its_own(name: str) -> int:
    """Settings are read once a process, and every benchmark has a place of its own."""
    process = get_context("spawn").Process(target=run_and_exit, args=(name,))
    process.start()
    try:
        process.join()
    except KeyboardInterrupt:
        process.join()  # it heard Ctrl-C too, and stops its servers
    ended_by_a_signal = (process.exitcode or 0) < 0
    return COULD_NOT_RUN if ended_by_a_signal else process.exitcode or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
