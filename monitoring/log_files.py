"""Logs as files of JSON lines, for a place that has nothing better: searched from `/ops/logs/`.

Each process writes to a file of its own, a new one every hour, so no two ever write to one. Old
ones are removed when a new one is begun.
"""

import logging
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

KEPT_S = 7 * 86_400
KEPT_BYTES_MAX = 256_000_000


class HourlyFiles(logging.Handler):
    """`<hour>-<process>.jsonl` under `folder`."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = Path(folder)
        self._name = ""
        self._file: IO[str] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._open().write(self.format(record) + "\n")
        except OSError:
            self.handleError(record)  # a full disk takes the log, and not the process

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()

    def _open(self) -> IO[str]:
        name = f"{datetime.now(UTC):%Y%m%dT%H}-{os.getpid()}.jsonl"  # a forked child has its own
        if self._file is None or name != self._name:
            self._folder.mkdir(parents=True, exist_ok=True)
            _remove_old(self._folder)
            self._name = name
            self._file = (self._folder / name).open("a", buffering=1, encoding="utf-8")
        return self._file


def newest_first(folder: Path) -> list[Path]:
    """The files by when they were written to last."""
    found = [(_written_at(path), path) for path in folder.glob("*.jsonl")]
    return [path for _at, path in sorted(found, reverse=True)]


def _remove_old(folder: Path) -> None:
    total = 0
    for path in newest_first(folder):
        total += _size(path)
        if total > KEPT_BYTES_MAX or time.time() - _written_at(path) > KEPT_S:
            path.unlink(missing_ok=True)


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process has just removed it
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
