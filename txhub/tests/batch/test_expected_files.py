"""Files that are due: noted in time, late, short, and there after all."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from secrets import token_hex

import pytest
from django.conf import settings
from django.test import override_settings

from txhub.batch.expected_files import look_for_files
from txhub.batch.metrics import FEED_FILES, FeedFileLabels
from txhub.batch.models import ExpectedFile, FileExecution, JobExecution, JobInstance
from txhub.batch.statuses import ARRIVAL_NEXT, ArrivalStatus, JobStatus, StepStatus

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
DUE = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[str]:
    """A feed whose file is due at half past five on the day after, with 100 rows at least."""
    name = f"core{token_hex(4)}"
    path = tmp_path / "schedule.yaml"
    path.write_text(f'feeds: [{{feed: {name}, due: "05:30", rows_at_least: 100}}]')
    with override_settings(FEED_SCHEDULE=str(path)):
        yield name


def look(at: datetime) -> None:
    look_for_files(clock=lambda: at)


def brought_in(feed: str, rows: int, status: JobStatus = JobStatus.COMPLETED) -> None:
    """A job of Monday's file, as it stands once it has ended."""
    instance = JobInstance.objects.create(
        kind="daily", feed=feed, business_date=MONDAY, object_key=token_hex(8)
    )
    execution = JobExecution.objects.create(
        instance=instance, feed=feed, status=status, ended_at=DUE
    )
    FileExecution.objects.create(
        instance=instance,
        execution=execution,
        status=StepStatus.COMPLETED,
        read_rows=rows,
        skipped=rows,
    )


def mondays(feed: str) -> ExpectedFile:
    return ExpectedFile.objects.get(feed=feed, business_date=MONDAY)


class TestStatuses:
    def test_move_as_the_chart_draws_them(self) -> None:
        chart = Path(settings.BASE_DIR, "docs/states/expected_file.md").read_text()
        drawn = set(re.findall(r"([A-Z]+) --> ([A-Z]+)", chart))
        assert drawn == {(one, other) for one, moves in ARRIVAL_NEXT.items() for other in moves}


class TestLookForFiles:
    def test_notes_what_is_due_within_a_day(self, feed: str) -> None:
        look(DUE - timedelta(hours=20))
        assert (mondays(feed).status, mondays(feed).due_at) == (ArrivalStatus.WAITING, DUE)
        look(DUE - timedelta(hours=19))
        assert ExpectedFile.objects.filter(feed=feed).count() == 1

    def test_a_feed_that_is_new_owes_nothing_for_the_past(self, feed: str) -> None:
        look(DUE + timedelta(hours=1))
        assert not ExpectedFile.objects.filter(feed=feed, due_at__lte=DUE).exists()

    def test_what_fell_due_while_nobody_looked_is_noted(self, feed: str) -> None:
        look(DUE - timedelta(hours=20))
        look(DUE + timedelta(days=1, hours=1))
        days = ExpectedFile.objects.filter(feed=feed, status=ArrivalStatus.LATE)
        assert {each.business_date for each in days} == {MONDAY, MONDAY + timedelta(days=1)}

    def test_no_file_is_late_before_it_is_due(self, feed: str) -> None:
        look(DUE - timedelta(hours=1))
        look(DUE - timedelta(seconds=1))
        assert mondays(feed).status == ArrivalStatus.WAITING
        look(DUE)
        assert mondays(feed).status == ArrivalStatus.LATE

    def test_a_job_that_failed_brought_nothing(self, feed: str) -> None:
        look(DUE - timedelta(hours=1))
        brought_in(feed, 500, JobStatus.FAILED)
        look(DUE)
        assert mondays(feed).status == ArrivalStatus.LATE

    @pytest.mark.parametrize(
        ("rows", "status"), [(100, ArrivalStatus.ARRIVED), (99, ArrivalStatus.SHORT)]
    )
    def test_counts_the_rows(self, feed: str, rows: int, status: ArrivalStatus) -> None:
        look(DUE - timedelta(hours=1))
        brought_in(feed, rows)
        look(DUE - timedelta(minutes=30))
        file = mondays(feed)
        assert (file.status, file.rows, file.arrived_at) == (status, rows, DUE)

    def test_another_file_may_bring_the_rest(self, feed: str) -> None:
        look(DUE - timedelta(hours=1))
        brought_in(feed, 60)
        look(DUE)
        brought_in(feed, 60)
        look(DUE + timedelta(hours=1))
        assert (mondays(feed).status, mondays(feed).rows) == (ArrivalStatus.ARRIVED, 120)

    def test_says_each_change_once(self, feed: str) -> None:
        look(DUE - timedelta(hours=1))
        for _time in range(3):
            look(DUE)
        assert FEED_FILES.value(FeedFileLabels(feed, ArrivalStatus.LATE)) == 1

    @override_settings(FEED_SCHEDULE="")
    def test_expects_nothing_unless_somebody_says_so(self) -> None:
        before = ExpectedFile.objects.count()
        look(DUE)
        assert ExpectedFile.objects.count() == before
