"""An embedded place of a test's own, as a person at a terminal has it: a process and signals."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from embedded.places import running_environment

ROOT = Path(__file__).parent.parent
SECONDS_MAX = 60.0


@dataclass
class Place:
    """State lies under `var`; `start` runs a supervisor on it, any number of times in turn."""

    var: Path
    supervisor: subprocess.Popen[bytes] | None = None

    def start(self, module: str = "embedded.background", **environment: str) -> None:
        with self.output.open("wb") as output:
            self.supervisor = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=ROOT,
                env={**os.environ, "TXHUB_VAR_DIR": str(self.var), **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for(lambda: bool(running_environment(self.var)) or self.has_ended())

    def send(self, signum: signal.Signals) -> None:
        assert self.supervisor is not None
        self.supervisor.send_signal(signum)

    def exit_status(self) -> int:
        assert self.supervisor is not None
        return self.supervisor.wait(SECONDS_MAX)

    def has_ended(self) -> bool:
        return self.supervisor is None or self.supervisor.poll() is not None

    def close(self) -> None:
        if not self.has_ended():
            self.send(signal.SIGTERM)
            self.exit_status()

    @property
    def output(self) -> Path:
        return self.var / "output"

    @property
    def said(self) -> str:
        return self.output.read_text()

    @property
    def engine_port(self) -> int:
        return int(running_environment(self.var)["AWS_ENDPOINT_URL"].rpartition(":")[2])

    def processes(self, *parts: str) -> list[int]:
        """The living processes that this place started, by parts of their command and folder."""
        return [pid for pid, trace in traces(self.var) if all(part in trace for part in parts)]

    def broker(self) -> list[int]:
        return self.processes("valkey-server", "/embedded/broker")


def wait_for(happened: Callable[[], bool], seconds_max: float = SECONDS_MAX) -> None:
    deadline = time.monotonic() + seconds_max
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def traces(var: Path) -> Iterator[tuple[int, str]]:
    """Processes with `var` in command, working folder or environment, and these three as text."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            trace = b"\0".join(
                [
                    (entry / "cmdline").read_bytes(),
                    os.readlink(entry / "cwd").encode(),
                    (entry / "environ").read_bytes(),
                ]
            )
        except OSError:
            continue
        if str(var).encode() in trace:
            yield int(entry.name), trace.decode(errors="replace")
