"""Searches the structured logs by an id, an event and a time; a bounded search wherever they lie.

An id is the value of any field: a request's, a job's, a check-out's, a task's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from aws import log_events
from monitoring.log_files import newest_first

LINES_MAX = 200
LOOKED_THROUGH_MAX = 32_000_000  # bytes of files


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`id`: the value of any field; `event`: a pattern such as `stream_*`; all may be empty."""

    since: datetime
    until: datetime
    id: str = ""
    event: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    at: datetime
    level: str
    event: str
    fields: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Newest first. `is_cut`: there may be more than was looked through, or is shown."""

    lines: list[Line]
    is_cut: bool = False
    is_kept: bool = True


def search(wanted: Wanted) -> Found:
    """Raises `Unavailable`. `is_kept` is False where this place keeps no logs to search."""
    if settings.LOG_GROUP:
        term = wanted.id or wanted.event.strip("*")
        raw = log_events.events(settings.LOG_GROUP, term, since=wanted.since, until=wanted.until)
        return _newest([line for line in map(_parsed, raw) if line and _is_wanted(line, wanted)])
    if settings.LOG_DIR:
        return _in_files(Path(settings.LOG_DIR), wanted)
    return Found(lines=[], is_kept=False)


def _in_files(folder: Path, wanted: Wanted) -> Found:
    lines: list[Line] = []
    left = LOOKED_THROUGH_MAX
    for path in newest_first(folder):
        if left <= 0 or not path.exists():
            continue
        if path.stat().st_mtime < wanted.since.timestamp():
            break
        content = _end_of(path, left)
        left -= len(content)
        lines += _matching(content.splitlines(), wanted)
    found = _newest(lines)
    return Found(lines=found.lines, is_cut=found.is_cut or left <= 0)


def _newest(lines: list[Line]) -> Found:
    ordered = sorted(lines, key=lambda line: line.at, reverse=True)
    return Found(lines=ordered[:LINES_MAX], is_cut=len(ordered) > LINES_MAX)


def _matching(raw_lines: Iterable[bytes], wanted: Wanted) -> Iterator[Line]:
    needle = wanted.id.encode()
    for raw in raw_lines:
        if needle in raw:  # before parsing: most lines are not wanted
            line = _parsed(raw)
            if line is not None and _is_wanted(line, wanted):
                yield line


def _end_of(path: Path, bytes_max: int) -> bytes:
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - bytes_max))
        return file.read(bytes_max)


def _parsed(raw: bytes | str) -> Line | None:
    try:
        fields = orjson.loads(raw)
        at = datetime.fromisoformat(fields.pop("timestamp")).astimezone(UTC)
        event, level = str(fields.pop("event")), str(fields.pop("level", ""))
    except (orjson.JSONDecodeError, KeyError, ValueError, TypeError, AttributeError):
        return None  # the first line of a cut file, or what is no line of ours
    return Line(at=at, level=level, event=event, fields=fields)


def _is_wanted(line: Line, wanted: Wanted) -> bool:
    return (
        wanted.since <= line.at <= wanted.until
        and (not wanted.level or line.level == wanted.level)
        and (not wanted.event or fnmatchcase(line.event, wanted.event))
        and (not wanted.id or wanted.id in _values(line))
    )


def _values(line: Line) -> Iterator[str]:
    """Of a list, each of its own."""
    for value in line.fields.values():
        yield from map(str, value if isinstance(value, list) else [value])
