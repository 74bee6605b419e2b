"""Logs as files, and searching them."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client, override_settings

from identity.staff import Role
from identity.tests.people import StaffMaker
from kernel.clock import utc_now
from monitoring import log_lines
from monitoring.log_files import HourlyFiles, newest_first
from monitoring.log_lines import Wanted


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with override_settings(LOG_DIR=str(tmp_path), LOG_GROUP=""):
        yield tmp_path


class TestSearching:
    def test_finds_all_lines_of_an_id_whatever_field_it_stands_in(self, folder: Path) -> None:
        request = str(uuid4())
        write(folder, "request_finished", request_id=request)
        write(folder, "task_started", request_id=request, task_id=str(uuid4()))
        write(folder, "stream_lane_opened", parent_task_id=request)
        write(folder, "request_finished", request_id=str(uuid4()))
        assert found(id=request) == ["stream_lane_opened", "task_started", "request_finished"]

    def test_finds_an_id_among_several(self, folder: Path) -> None:
        write(folder, "changes_looked_at", origins=["chunk-one", "chunk-two"])
        assert found(id="chunk-two") == ["changes_looked_at"]
        assert found(id="chunk") == []

    def test_does_not_take_a_part_of_an_id_for_it(self, folder: Path) -> None:
        write(folder, "job_ended", job="abcdef")
        assert found(id="abc") == []

    def test_narrows_by_event_level_and_time(self, folder: Path) -> None:
        write(folder, "stream_gap", level="error")
        write(folder, "stream_begins")
        write(folder, "job_ended", level="error")
        write(folder, "stream_gap", level="error", at=utc_now() - timedelta(hours=2))
        assert found(event="stream_*", level="error") == ["stream_gap"]

    def test_passes_over_what_is_no_line_of_ours(self, folder: Path) -> None:
        write(folder, "fine")
        with newest_first(folder)[0].open("a") as file:
            file.write("Traceback (most recent call last):\n[1]\n{}\n")
        assert found() == ["fine"]

    def test_says_where_nothing_is_kept(self) -> None:
        now = utc_now()
        with override_settings(LOG_DIR="", LOG_GROUP=""):
            result = log_lines.search(Wanted(since=now, until=now))
        assert not result.is_kept

    def test_is_for_staff_and_shows_what_it_found(
        self, folder: Path, client: Client, staff: StaffMaker
    ) -> None:
        request = str(uuid4())
        write(folder, "request_finished", request_id=request)
        client.force_login(staff(Role.VIEWER))
        text = client.get("/ops/logs/", {"id": request}).content.decode()
        assert "request_finished" in text
        assert text.count(request) >= 2  # in the form, and in the line that it leads on from


class TestFiles:
    def test_are_each_process_s_own_and_go_when_they_are_old(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = folder / "20200101T00-1.jsonl"
        old.write_text("{}\n")
        monkeypatch.setattr("monitoring.log_files.KEPT_BYTES_MAX", 1)
        write(folder, "first")
        assert not old.exists()
        assert len(newest_first(folder)) == 1


def write(
    folder: Path, event: str, *, level: str = "info", at: datetime | None = None, **ids: object
) -> None:
    """A line as our own formatter writes it."""
    line = {"event": event, "level": level, "timestamp": (at or utc_now()).isoformat(), **ids}
    handler = HourlyFiles(str(folder))
    handler.emit(logging.LogRecord("x", logging.INFO, "", 0, json.dumps(line), None, None))
    handler.close()


def found(*, id: str = "", event: str = "", level: str = "") -> list[str]:
    """The events of what is found within the last hour, newest first."""
    now = utc_now()
    wanted = Wanted(
        since=now - timedelta(hours=1),
        until=now + timedelta(minutes=1),
        id=id,
        event=event,
        level=level,
    )
    return [line.event for line in log_lines.search(wanted).lines]
