"""Ends the children of a process that died without doing so itself.

Runs as a process of its own, in a session of its own, and reads orders from its standard input:
`+ PID kill`, `+ PID save`, `- PID`. The pipe's end means that the owner is gone, however it went:
then what only computes is killed at once, and what must save its state is asked to, and waited for.
A pipe works on every Unix; Linux's "parent death signal" would tell the engine to stop at the same
moment as those who still write to it.
"""

import os
import signal
import subprocess
import sys
import time
from typing import IO

_SAVE_S_MAX = 600


class Reaper:
    """This process's reaper, started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._watched: dict[int, str] = {}
        self._kept_open: tuple[int, ...] = ()

    def keep_open(self, descriptor: int) -> None:
        """An open file, such as a lock, that stays open until all is ended; say so first."""
        self._kept_open += (descriptor,)

    def watch(self, pid: int, *, saves: bool) -> None:
        """End the process group `pid` when we die; `saves`: by SIGTERM, and wait for it."""
        self._watched[pid] = "save" if saves else "kill"
        self._tell(f"+ {pid} {self._watched[pid]}")

    def forget(self, pid: int) -> None:
        self._watched.pop(pid, None)
        self._tell(f"- {pid}")

    def _tell(self, order: str) -> None:
        if self._process is None or self._process.poll() is not None:
            self._process = self._start()
            order = "\n".join(f"+ {pid} {how}" for pid, how in self._watched.items())
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n".encode())

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - this very file
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=self._kept_open,
            bufsize=0,
        )


def run(orders: IO[str]) -> None:
    """Reads orders to their end, then ends what is still watched, the newest first."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)
    watched = _watched_at_the_end(orders)
    for how, signum in (("kill", signal.SIGKILL), ("save", signal.SIGTERM)):
        for group in reversed([group for group, wish in watched.items() if wish == how]):
            _end(group, signum)


def _watched_at_the_end(orders: IO[str]) -> dict[int, str]:
    watched: dict[int, str] = {}
    for order in orders:
        match order.split():
            case ["+", pid, how]:
                watched[int(pid)] = how
            case ["-", pid]:
                watched.pop(int(pid), None)
    return watched


def _end(pid: int, signum: signal.Signals) -> None:
    deadline = time.monotonic() + _SAVE_S_MAX
    try:
        os.killpg(pid, signum)
        while time.monotonic() < deadline and not _is_gone(pid):
            time.sleep(0.02)
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # gone; macOS says the latter of a zombie
        pass


def _is_gone(pid: int) -> bool:
    """Whether the group's leader has ended; a zombie has, though nobody collected it yet."""
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except ProcessLookupError:
        return True
    except OSError:  # no /proc on this system
        return False


if __name__ == "__main__":
    run(sys.stdin)
