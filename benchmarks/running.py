"""Runs one benchmark in this process."""

import signal
import sys
from collections.abc import Callable
from importlib import import_module

from benchmarks.figures import Figure, show, write
from benchmarks.place import Place, running_place
from kernel.errors import HubError

COULD_NOT_RUN = 2


def run_and_exit(name: str) -> None:
    signal.signal(signal.SIGTERM, lambda _signum, _frame: sys.exit(COULD_NOT_RUN))
    sys.exit(_run(name))


def _run(name: str) -> int:
    """0 when all aims were met, 1 when one was missed, 2 when it could not run."""
    run: Callable[[Place], list[Figure]] = import_module(f"benchmarks.{name}").run
    try:
        with running_place(name) as place:
            figures = run(place)
    except HubError as error:
        print(f"{name}: {error.message}")
        return COULD_NOT_RUN
    path = write(name, figures)
    show(name, figures)
    print(f"As JSON: {path}")
    return 0 if all(figure.holds is not False for figure in figures) else 1
