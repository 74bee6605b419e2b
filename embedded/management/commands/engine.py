"""`manage.py engine start|stop|status`"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from embedded.places import owner, running_environment

_START_S_MAX = 600
_NOT_RUNNING = 3  # what status programs of services say


class Command(BaseCommand):
    help = (
        "The embedded engine and Redis in the background, without the rest. "
        "Other manage.py commands find them by themselves. Try next: migrate, provision."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["start", "stop", "status"])

    def handle(self, *_args: Any, **options: Any) -> None:
        {"start": self._start, "stop": self._stop, "status": self._status}[options["what"]]()

    def _start(self) -> None:
        var: Path = settings.VAR_DIR
        if not owner(var):
            log = var / "engine.log"
            log.parent.mkdir(parents=True, exist_ok=True)
            _wait_until_up(_start_in_background(log), var, log)
        self._status()

    def _stop(self) -> None:
        var: Path = settings.VAR_DIR
        pid = owner(var)
        if pid is None:
            self.stdout.write("not running")
            return
        os.kill(pid, signal.SIGTERM)
        self.stdout.write(f"stopping process {pid}; it saves its state first ...")
        while owner(var) == pid:
            time.sleep(0.05)
        self.stdout.write("stopped")

    def _status(self) -> None:
        var: Path = settings.VAR_DIR
        pid, place = owner(var), running_environment(var)
        if pid is None:
            self.stdout.write("not running; `manage.py engine start` or `make demo` starts it")
            sys.exit(_NOT_RUNNING)
        self.stdout.write(f"running (process {pid})")
        for name in ("AWS_ENDPOINT_URL", "REDIS_URL", "CELERY_BROKER_URL"):
            self.stdout.write(f"  {name}={place.get(name, 'not yet')}")


def _start_in_background(log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "embedded.background"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "TXHUB_VAR_DIR": str(settings.VAR_DIR)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_up(process: subprocess.Popen[bytes], var: Path, log: Path) -> None:
    deadline = time.monotonic() + _START_S_MAX
    while not running_environment(var):
        if process.poll() is not None:
            raise CommandError(f"it did not start:\n{log.read_text(errors='replace')}")
        if time.monotonic() > deadline:
            raise CommandError(f"it is not up after {_START_S_MAX} s; see {log}")
        time.sleep(0.05)
