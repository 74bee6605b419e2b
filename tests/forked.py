"""Processes of ours without the second and a half that importing libraries takes.

Each is forked from one that has imported libraries and nothing of ours: from there on it is as if
it had been started anew, reads its own environment, and dies like any other. `python -m
tests.forked` is the one that forks. It is asked by lines of JSON, a method and its arguments, and
answers each with one.
"""

import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Self

ROOT = Path(__file__).parent.parent
# What only tests need, and what goes on by itself once it is imported.
_NOT_LIBRARIES = {"_pytest", "pytest", "pluggy", "xdist", "execnet", "hypothesis", "playwright"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forked:
    """A process, in a group of its own, that does not outlive us; its output goes to `log`."""

    pid: int
    log: Path

    @classmethod
    def start(
        cls, arguments: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None
    ) -> Self:
        """What Python does with these arguments: `manage.py ...` or `-m module ...`. What
        `environment` holds is added to ours."""
        told = {**os.environ, **(environment or {})}
        return cls(pid=_ask("start", list(arguments), str(log), told), log=log)

    def ended(self) -> int | None:
        """Its exit status when it has ended (negative: the signal), else None."""
        status: int | None = _ask("ended", self.pid)
        return status

    def ask_to_stop(self) -> None:
        if self.ended() is None:
            os.kill(self.pid, signal.SIGTERM)

    def wait(self, *, seconds_max: float = 30) -> int:
        """Until it ends by itself; its exit status."""
        deadline = time.monotonic() + seconds_max
        while (status := self.ended()) is None:
            assert time.monotonic() < deadline, f"it does not end\n{self.log.read_text()}"
            time.sleep(0.02)
        return status

    def stop(self) -> int:
        """Asks it to end, and waits until it has; its exit status."""
        self.ask_to_stop()
        status = self.wait()
        self.kill()  # what it has left behind
        return status

    def kill(self) -> None:
        """Ends it and all it started, at once."""
        _ask("kill", self.pid)


_one_at_a_time = threading.Lock()


def _ask(what: str, *arguments: Any) -> Any:
    with _one_at_a_time:
        asks, answers = _nursery()
        asks.write(json.dumps([what, arguments]) + "\n")
        asks.flush()
        return json.loads(answers.readline())


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
    child.stdin.write(json.dumps(_libraries()) + "\n")
    return child.stdin, child.stdout


def _libraries() -> list[str]:
    """The modules that we have imported and did not write."""
    ours = {path.stem for path in ROOT.iterdir()} | {"__main__"}
    return [name for name in sys.modules if name.partition(".")[0] not in ours | _NOT_LIBRARIES]


class _Nursery:
    """The processes that were forked from this one."""

    def __init__(self) -> None:
        self.statuses: dict[int, int | None] = {}

    def start(self) -> int:
        """Returns in both: the child's id here, 0 in the child."""
        pid = os.fork()
        if pid:
            os.setpgid(pid, pid)  # here, so that it can be killed as soon as we have answered
            self.statuses[pid] = None
        return pid

    def ended(self, pid: int) -> int | None:
        if self.statuses[pid] is None:
            done, status = os.waitpid(pid, os.WNOHANG)
            self.statuses[pid] = os.waitstatus_to_exitcode(status) if done else None
        return self.statuses[pid]

    def kill(self, pid: int) -> None:
        with suppress(ProcessLookupError):  # all gone
            os.killpg(pid, signal.SIGKILL)
        if self.statuses[pid] is None:
            self.statuses[pid] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _nurse(asked: Iterable[str]) -> None:
    """Until whoever asks is gone; then what was forked goes too."""
    nursery = _Nursery()
    for line in asked:
        what, arguments = json.loads(line)
        if what == "start":
            answer = nursery.start()
            if answer == 0:
                _become(*arguments)
                return  # and ends as any Python does
        else:
            answer = getattr(nursery, what)(*arguments)
        print(json.dumps(answer), flush=True)  # noqa: T201
    for pid in nursery.statuses:
        nursery.kill(pid)


def _become(arguments: list[str], log: str, environment: Mapping[str, str]) -> None:
    with open(os.devnull) as nothing, open(log, "ab") as output:
        for stream, place in (nothing, 0), (output, 1), (output, 2):
            os.dup2(stream.fileno(), place)
    os.environ.clear()
    os.environ |= environment
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)  # or some library imports settings, and us
    for library in json.loads(sys.stdin.readline()):
        with suppress(Exception):  # some want settings
            import_module(library)
    _nurse(sys.stdin)
