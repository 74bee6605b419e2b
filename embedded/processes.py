"""Child processes that are started, watched and stopped, and that never outlive us."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from embedded.reaper import Reaper
from kernel.errors import Unavailable

_reaper = Reaper()
_POLL_S = 0.02
_LAST_WORDS = 15  # lines of a dead child's log that are shown


class ChildDied(Unavailable):
    """A child process ended by itself."""

    code = "child_died"


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A running child, in a process group of its own; its output goes to `log`, or where ours goes.

    `saves`: it has state to save when it is stopped, so it is waited for however long that takes.
    """

    name: str
    process: subprocess.Popen[bytes]
    log: Path | None
    saves: bool

    @classmethod
    def start(
        cls,
        name: str,
        command: Sequence[str],
        *,
        log: Path | None,
        environment: Mapping[str, str],
        saves: bool = False,
        directory: Path | None = None,
    ) -> Self:
        with _output(log) as output:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd=directory,
                start_new_session=True,
            )
        _reaper.watch(process.pid, saves=saves)
        return cls(name=name, process=process, log=log, saves=saves)

    @property
    def pid(self) -> int:
        return self.process.pid

    def ended(self) -> int | None:
        """Its exit status when it has ended (negative: the signal), else None."""
        return self.process.poll()

    def wait_until(self, ready: Callable[[], bool], *, seconds_max: float) -> None:
        """Returns once `ready()`. Raises `ChildDied` with its last words, or `Unavailable`."""
        deadline = time.monotonic() + seconds_max
        while not ready():
            if self.ended() is not None:
                raise ChildDied(f"{self.obituary()}\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise Unavailable(f"{self.name} was not ready after {seconds_max:g} s: {self.log}")
            time.sleep(_POLL_S)

    def stop(self, *, seconds_max: float = 20.0) -> None:
        """Asks it to end and waits; after `seconds_max` it is killed, unless it `saves`."""
        self.ask_to_stop()
        self.wait_stopped(seconds_max=seconds_max)

    def ask_to_stop(self) -> None:
        self._signal(signal.SIGTERM)

    def wait_stopped(self, *, seconds_max: float) -> None:
        """What `stop` does after asking. Whatever it had started, and left behind, ends with it."""
        try:
            self.process.wait(None if self.saves else seconds_max)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL, group=True)
            self.process.wait()
        self._signal(signal.SIGKILL, group=True)
        _reaper.forget(self.pid)

    def kill(self) -> None:
        """Ends it and all it started, at once."""
        self._signal(signal.SIGKILL, group=True)
        self.process.wait()
        _reaper.forget(self.pid)

    def obituary(self) -> str:
        status = self.ended()
        if status is not None and status < 0:
            return f"{self.name} was ended by {signal.Signals(-status).name}"
        return f"{self.name} ended with status {status}"

    def last_words(self) -> str:
        """The end of its log, indented."""
        if self.log is None:
            return ""
        lines = self.log.read_text(errors="replace").splitlines()[-_LAST_WORDS:]
        return "\n".join(f"    {line}" for line in [*lines, f"(all of it: {self.log})"])

    def _signal(self, signum: signal.Signals, *, group: bool = False) -> None:
        try:
            if group:
                os.killpg(self.pid, signum)
            elif self.process.poll() is None:
                os.kill(self.pid, signum)
        except (ProcessLookupError, PermissionError):  # gone; macOS says the latter of a zombie
            pass


def _output(log: Path | None) -> AbstractContextManager[IO[bytes] | None]:
    if log is None:
        return nullcontext()
    log.parent.mkdir(parents=True, exist_ok=True)
    return log.open("ab")


def keep_open_until_all_ended(descriptor: int) -> None:
    """Holds an open file (a lock) until the last child has ended, even if we are killed before.

    Call it before the first child is started.
    """
    _reaper.keep_open(descriptor)


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
