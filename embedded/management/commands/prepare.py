"""`manage.py prepare`"""

import hashlib
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

# Shipped by packages, and linked by none of our pages.
_UNUSED = ["redoc*", "rest_framework", "__init__.py"]


class Command(BaseCommand):
    help = "What a new or updated place needs before it serves: migrate, provision, collectstatic."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        self._step("database", _migrate)
        self._step("tables, buckets, queues, keys", _provision)
        self._step("static files", _collect_static)

    def _step(self, label: str, work: Callable[[], None]) -> None:
        started_at = time.monotonic()
        work()
        self.stdout.write(f"  {label}: ready ({time.monotonic() - started_at:.1f} s)")


def _migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def _provision() -> None:
    call_command("provision", stdout=StringIO())


def _collect_static() -> None:
    """Hashing and compressing takes seconds, so it is left out where no file has changed."""
    stamp: Path = settings.VAR_DIR / "static.stamp"
    sources = _fingerprint_of_sources()
    if stamp.exists() and stamp.read_text() == sources:
        return
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=_UNUSED)
    stamp.write_text(sources)


def _fingerprint_of_sources() -> str:
    found = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(_UNUSED):
            stat = Path(storage.path(path)).stat()
            found.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return found.hexdigest()
