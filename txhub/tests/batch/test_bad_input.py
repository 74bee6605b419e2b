"""Bad files: each fails with a clear reason, and nothing of it is visible."""

import gzip
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from txhub.batch import conf, jobs
from txhub.batch.models import ChunkExecution, JobInstance, QuarantinedRow
from txhub.batch.rejects import open_row
from txhub.batch.reports import report
from txhub.batch.rows import Names
from txhub.feeds.rows import FeedKind
from txhub.services import known_accounts
from txhub.tests.batch.files import HEADER, card_file, card_rows, hub_file, hub_rows
from txhub.tests.batch.here import landed_job, run
from txhub.tests.batch.stored import stored_by
from txhub.tests.batch.workers import wait_for_end, worker

pytestmark = pytest.mark.django_db(transaction=True)
Damage = Callable[[bytes], bytes]


def failed(path: Path, **options: Any) -> str:
    """The reason why the file's job failed; asserts that it left nothing behind."""
    instance = landed_job(path, **options)
    result = run(instance)
    assert result["status"] == "FAILED"
    assert result["read"] == result["written"] == 0
    assert not ChunkExecution.objects.filter(file__instance=instance).exists()
    assert not QuarantinedRow.objects.filter(instance=instance).exists()
    return str(result["reason"])


class TestWholeFile:
    def test_empty(self, tmp_path: Path) -> None:
        path = tmp_path / "empty.csv"
        path.write_bytes(b"")
        assert failed(path).startswith("feed_empty:")

    def test_truncated_gzip(self, tmp_path: Path) -> None:
        path = tmp_path / "cards.csv.gz"
        path.write_bytes(gzip.compress(card_file(tmp_path, card_rows(200)).read_bytes())[:-20])
        assert failed(path).startswith("feed_truncated:")

    def test_wrong_profile(self, tmp_path: Path) -> None:
        path = card_file(tmp_path, card_rows(20))
        assert failed(path, profile="berka").startswith("header_mismatch:")

    def test_wrong_encoding(self, tmp_path: Path) -> None:
        path = tmp_path / "cards.csv"
        path.write_bytes(f"{HEADER}\n1,2018-04-01 00:00:31,1,caf\xe9,1.00,0,0\n".encode("latin-1"))
        assert failed(path).startswith("wrong_encoding:")

    def test_a_line_of_100_mb(self, tmp_path: Path) -> None:
        path = tmp_path / "cards.csv.gz"
        with gzip.open(path, "wb", compresslevel=1) as file:
            file.write(f"{HEADER}\n".encode())
            for _ in range(100):
                file.write(b"x" * 1_000_000)
        tracemalloc.start()
        reason = failed(path)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert reason.startswith("line_too_long:")
        assert peak_bytes < 20_000_000

    def test_more_bad_rows_than_the_limit(self, tmp_path: Path) -> None:
        rows = card_rows(40)
        bad = [row.replace(",0,0", ",0,0,surplus") for row in rows[:11]]
        reason = failed(card_file(tmp_path, [*bad, *rows[11:]]))
        assert reason.startswith("too_many_rejected: 11 of 40 rows")
        names = Names.of(JobInstance(profile="simulated_card"), None)
        assert not known_accounts([names.account(row.split(",")[2]) for row in rows])
        assert "field_count 11 times, first in line 2" in reason

    def test_accounts_that_nobody_knows(self, tmp_path: Path) -> None:
        reason = failed(card_file(tmp_path, card_rows(40)), create_accounts=False)
        assert reason.startswith("too_many_rejected: 40 of 40 rows")
        assert "unknown_account 40 times, first in line 2" in reason
        assert "--create-accounts" in reason


class TestHubFile:
    @pytest.fixture
    def whole(self, tmp_path: Path) -> Path:
        return hub_file(tmp_path, hub_rows(12))

    @pytest.mark.parametrize(
        ("code", "damage"),
        [
            ("trailer_missing", lambda data: data[: data.index(b"\nT|") + 1]),
            ("count_mismatch", lambda data: data.replace(b"\nT|12|", b"\nT|13|")),
            ("digest_mismatch", lambda data: data.replace(b"|Shop 3|", b"|Shop 4|", 1)),
        ],
    )
    def test_that_breaks_its_promise(self, whole: Path, code: str, damage: Damage) -> None:
        data = whole.read_bytes()
        assert damage(data) != data
        whole.write_bytes(damage(data))
        assert failed(whole, profile="hub", business_date=None).startswith(f"{code}:")

    def test_with_wrong_totals(self, whole: Path) -> None:
        lines = whole.read_bytes().split(b"\n")
        at = next(number for number, line in enumerate(lines) if line.startswith(b"C|GBP|"))
        lines[at] = b"C|GBP|1|2"
        whole.write_bytes(b"\n".join(lines))
        assert "total" in failed(whole, profile="hub", business_date=None)

    def test_of_another_kind_than_was_said(self, whole: Path) -> None:
        reason = failed(whole, profile="hub", business_date=None, kind=FeedKind.MEMO)
        assert reason.startswith("header_contradicts:")

    def test_that_is_sound_is_stored(self, whole: Path) -> None:
        result = run(landed_job(whole, profile="hub", business_date=None))
        assert (result["status"], result["written"]) == ("COMPLETED", 12), result["reason"]


class TestRows:
    @pytest.mark.parametrize(
        ("amount", "code"),
        [
            ("1.234,56", "field_count"),  # a comma makes a field too many
            ("1,234.00", "field_count"),
            ("(12.00)", "bad_amount"),
            ("1e5", "bad_amount"),
            ("NaN", "bad_amount"),
            ("1" * 19, "bad_amount"),
            ("12.345", "bad_amount"),
            ("-", "bad_amount"),
            ("", "field_missing"),
        ],
    )
    def test_with_amounts_that_are_none_go_to_quarantine(
        self, tmp_path: Path, amount: str, code: str
    ) -> None:
        rows = card_rows(20)
        fields = rows[7].split(",")
        bad = ",".join([*fields[:4], amount, *fields[5:]])
        instance = landed_job(card_file(tmp_path, [*rows[:7], bad, *rows[8:]]))
        result = run(instance)
        assert (result["status"], result["written"], result["quarantined"]) == ("COMPLETED", 19, 1)
        row = QuarantinedRow.objects.get(instance=instance)
        assert (row.line, row.code) == (9, code)
        assert code == "field_count" or row.reason.startswith("TX_AMOUNT"), row.reason
        assert open_row(row) == f"{bad}\n".encode()

    def test_are_sealed_in_quarantine(self, tmp_path: Path) -> None:
        rows = card_rows(20)
        instance = landed_job(card_file(tmp_path, [*rows, "1,never,SECRET-NAME,1,1.00,0,0"]))
        run(instance)
        row = QuarantinedRow.objects.get(instance=instance)
        assert b"SECRET-NAME" in open_row(row)
        assert b"SECRET-NAME" not in bytes(row.sealed)
        assert "SECRET-NAME" not in row.reason

    def test_one_bad_row_in_a_large_file_stops_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(conf, "SORT_ROWS", 100)
        monkeypatch.setattr(conf, "CHUNK_ROWS", 500)
        rows = card_rows(3_000, accounts=40)
        rows[1_234] = rows[1_234].replace("2018-", "2O18-")
        result = run(landed_job(card_file(tmp_path, rows)))
        assert (result["status"], result["written"], result["quarantined"]) == (
            "COMPLETED",
            2_999,
            1,
        )

    def test_with_a_known_id_and_other_content_go_to_quarantine(self, tmp_path: Path) -> None:
        rows = card_rows(20)
        changed = rows[3].rsplit(",", 3)[0] + ",77777.77,0,0"
        instance = landed_job(card_file(tmp_path, [*rows, rows[3], changed]))
        result = run(instance)
        assert (result["written"], result["duplicates"], result["quarantined"]) == (20, 1, 1)
        row = QuarantinedRow.objects.get(instance=instance)
        assert (row.code, row.line, row.is_raw) == ("contradicts_stored", 23, False)
        assert report(JobInstance.objects.get(pk=instance.pk))["status"] == "COMPLETED"


class TestSameFileTwice:
    def test_is_stored_once(self, tmp_path: Path) -> None:
        path = card_file(tmp_path, card_rows(30))
        first, second = landed_job(path), landed_job(path, business_date=date(2018, 6, 2))
        one, two = run(first), run(second)
        assert (one["written"], one["duplicates"]) == (30, 0)
        assert (two["written"], two["duplicates"]) == (0, 30)

    @pytest.mark.journey
    def test_at_once_is_stored_once(self, tmp_path: Path) -> None:
        """The feed takes one file after the other, however many workers there are."""
        path = card_file(tmp_path, card_rows(200))
        twice = [landed_job(path), landed_job(path, business_date=date(2018, 6, 2))]
        with worker(), ThreadPoolExecutor(2) as threads:
            list(threads.map(_start, twice))
            reports = [wait_for_end(instance) for instance in twice]
        assert {report["status"] for report in reports} == {"COMPLETED"}
        assert [report["read"] for report in reports] == [200, 200]
        assert {report["written"] for report in reports} == {0, 200}
        assert len(stored_by(twice[0])) == 200


def _start(instance: JobInstance) -> None:
    jobs.start(instance)
    connection.close()  # this thread's
