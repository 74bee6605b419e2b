"""The commands as an operator calls them, with real worker processes."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from txhub.batch import jobs
from txhub.batch.models import JobInstance
from txhub.tests.batch.files import card_file, card_rows
from txhub.tests.batch.here import landed_job, run_file_step
from txhub.tests.batch.workers import wait_for_end, worker

pytestmark = pytest.mark.django_db(transaction=True)
REPORT = {
    "job", "status", "read", "written", "updated", "matched", "skipped", "quarantined",
    "duplicates", "totals", "seconds",
}  # fmt: skip


def ingested(path: Path, **options: Any) -> dict[str, Any]:
    """The report: the last line of the output."""
    out = StringIO()
    arguments = {
        "kind": "daily",
        "profile": "simulated_card",
        "create_accounts": True,
        "wait": True,
        "json": True,
        **options,
    }
    try:
        call_command("ingest", str(path), stdout=out, **arguments)
    finally:
        report: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return report


@pytest.mark.journey
class TestIngest:
    def test_reports_a_completed_job_and_then_all_duplicates(self, tmp_path: Path) -> None:
        path = card_file(tmp_path, card_rows(100))
        with worker():
            first, second = ingested(path), ingested(path)
        assert first.keys() >= REPORT
        assert (first["status"], first["written"], first["read"]) == ("COMPLETED", 100, 100)
        assert (second["status"], second["written"], second["duplicates"]) == ("COMPLETED", 0, 100)
        assert first["totals"] == second["totals"]
        call_command("reconcile", job=first["job"], stdout=StringIO())

    def test_ends_with_status_one_where_the_job_fails(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "empty.csv"
        path.touch()
        with worker(processes=1), pytest.raises(SystemExit) as end:
            call_command("ingest", str(path), kind="daily", profile="berka", wait=True, json=True)
        report = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert end.value.code == 1
        assert report["status"] == "FAILED"
        assert report["reason"].startswith("feed_empty")


class TestIngestAlone:
    def test_says_that_no_worker_answers(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from txhub.management import waiting

        monkeypatch.setattr(waiting, "_NOBODY_AFTER_S", 0.1)
        path = card_file(tmp_path, card_rows(5))
        instance = landed_job(path)
        jobs.start(instance)

        def stop_soon(_instance: JobInstance) -> None:
            execution = jobs.last_execution(instance)
            assert execution is not None
            jobs.stop(execution.pk)

        monkeypatch.setattr(waiting, "_RECOVER_EVERY_S", 1.0)
        monkeypatch.setattr(waiting, "_recover", stop_soon)
        waiting.wait_for_end(instance)
        assert "No worker answers" in capsys.readouterr().err.replace("\n", " ")

    def test_refuses_an_unknown_profile_and_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="profile_missing"):
            call_command("ingest", str(tmp_path / "x"), kind="daily", profile="nobody")
        with pytest.raises(CommandError, match="No such file"):
            call_command("ingest", str(tmp_path / "x"), kind="daily", profile="berka")


class TestStopAndRestart:
    def test_go_on_where_it_stopped(self, tmp_path: Path) -> None:
        instance = landed_job(card_file(tmp_path, card_rows(100)))
        run_file_step(instance)
        call_command("stop_job", instance.pk, stdout=StringIO())
        call_command("restart_job", instance.pk, stdout=StringIO())
        with worker():
            report = wait_for_end(instance)
        assert (report["status"], report["written"], report["attempt"]) == ("COMPLETED", 100, 2)

    def test_are_refused_for_an_unknown_job(self) -> None:
        for command in ("stop_job", "restart_job"):
            with pytest.raises(CommandError, match="job_missing"):
                call_command(command, "nobody", stdout=StringIO())
