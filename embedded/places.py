"""Where the embedded place keeps what other processes of this tree must find.

`var/embedded.env`   the variables of the place that runs now; written and removed by its owner
`var/embedded.lock`  locked by the owner as long as it lives, so a leftover file deceives nobody
`var/secrets.env`    secrets of this tree, made once
"""

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from embedded.processes import keep_open_until_all_ended
from kernel.errors import Conflict

_SECRETS = ("SECRET_KEY",)
_SILENT_S = 1.0


class AlreadyRunning(Conflict):
    """The embedded place of this tree is already running."""

    code = "already_running"


@contextmanager
def owning(var: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Makes this process the owner of the tree's embedded place. Raises `AlreadyRunning`.

    The lock is held until the last child has ended, even where we are killed before: the next
    owner waits for an engine that still saves its state.
    """
    var.mkdir(parents=True, exist_ok=True)
    with _lock_file(var).open("a+") as lock:
        _wait_for(lock, var, say)
        keep_open_until_all_ended(lock.fileno())
        _environment_file(var).unlink(missing_ok=True)  # a killed owner's
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield
        finally:
            _environment_file(var).unlink(missing_ok=True)
            lock.truncate(0)


def _wait_for(lock: IO[str], var: Path, say: Callable[[str], None]) -> None:
    asked_at = time.monotonic()
    said = False
    while not _locked(lock, fcntl.LOCK_EX):
        if pid := _recorded(var):
            raise AlreadyRunning(
                f"The embedded place is already running here (process {pid}). "
                "Stop it with Ctrl-C there, or with `manage.py engine stop`."
            )
        if not said and time.monotonic() - asked_at > _SILENT_S:
            say("Waiting for the last run's engine, which still saves its state ...")
            said = True
        time.sleep(0.05)


def owner(var: Path) -> int | None:
    """The process that runs the embedded place of this tree, or None."""
    try:
        with _lock_file(var).open("r") as lock:
            return None if _locked(lock, fcntl.LOCK_SH) else _recorded(var)
    except FileNotFoundError:
        return None


def _locked(lock: IO[str], how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _recorded(var: Path) -> int | None:
    """The process that the lock file names, if it lives."""
    try:
        pid = int(_lock_file(var).read_text() or 0)
        os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return pid or None


def publish_environment(var: Path, environment: Mapping[str, str]) -> None:
    """Lets other processes of this tree find the running place."""
    _write(_environment_file(var), environment)


def running_environment(var: Path) -> dict[str, str]:
    """The variables of the embedded place that runs in this tree; empty when none does."""
    return _read(_environment_file(var)) if owner(var) else {}


def ensure_secrets(var: Path) -> dict[str, str]:
    """This tree's secrets, made on first use and readable by its owner alone."""
    path = var / "secrets.env"
    known = _read(path)
    missing = {name: secrets.token_urlsafe(48) for name in _SECRETS if name not in known}
    if missing:
        var.mkdir(parents=True, exist_ok=True)
        _write(path, known | missing)
    return known | missing


def _lock_file(var: Path) -> Path:
    return var / "embedded.lock"


def _environment_file(var: Path) -> Path:
    return var / "embedded.env"


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _write(path: Path, values: Mapping[str, str]) -> None:
    """Whole or not at all: readers may come at any moment."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.touch(mode=0o600)
    temporary.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    temporary.replace(path)
