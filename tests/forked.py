"""Processes of ours that are forked from one that has imported the project, which takes seconds.

What they do, and how they die, is as if each had been started anew. `python -m tests.forked` is the
one that forks: it reads what to do, a line of JSON for each, and answers with process ids.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Self

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Forked:
    """A process, in a group of its own, that does not outlive us; its output goes to `log`."""

    pid: int
    log: Path

    @classmethod
    def start(cls, run: str, *arguments: Any, log: Path, **environment: str) -> Self:
        """One that calls `run`, a `module:function`. What that reads of the environment when it is
        imported, it must read anew."""
        told, answers = _nursery()
        told.write(json.dumps([run, arguments, str(log), environment]) + "\n")
        told.flush()
        return cls(pid=int(answers.readline()), log=log)

    def has_ended(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def kill(self) -> None:
        """Ends it and all it started, at once."""
        _kill(self.pid)


@cache
def _nursery() -> tuple[IO[str], IO[str]]:
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.forked"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    return child.stdin, child.stdout


def _fork_as_told() -> None:
    """Until whoever tells us is gone; then what we forked goes too."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    pids = []
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os._exit(_live(*json.loads(line)))
        os.setpgid(pid, pid)
        pids.append(pid)
        print(pid, flush=True)  # noqa: T201
    for pid in pids:
        _kill(pid)


def _live(run: str, arguments: list[Any], log: str, environment: Mapping[str, str]) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with open(os.devnull) as nothing, open(log, "ab") as output:
        for stream, place in (nothing, 0), (output, 1), (output, 2):
            os.dup2(stream.fileno(), place)
    os.environ |= environment
    module, name = run.split(":")
    getattr(import_module(module), name)(*arguments)
    return 0


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # gone
        os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    from config.celery import app

    app.loader.import_default_modules()
    _fork_as_told()
