"""When files are due: business days, the bank's clock, and a file that says so."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from txhub.feeds.rows import FeedKind
from txhub.feeds.schedule import Expectation, Schedule, load_schedule
from txhub.feeds.section import ProfileInvalid

LONDON = ZoneInfo("Europe/London")
CORE = Expectation(feed="core", kind=FeedKind.DAILY, due=time(5, 30))

GOOD = """
holidays: ["2026-12-25"]
feeds:
  - {feed: core, due: "05:30", rows_at_least: 1000}
  - {feed: cards, kind: memo, due: "14:00", days_after: 0, days: every}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "schedule.yaml"
    path.write_text(text)
    return path


class TestExpectation:
    def test_is_due_by_the_banks_clock_in_winter_and_summer(self) -> None:
        assert CORE.due_at(date(2026, 1, 5), LONDON) == datetime(2026, 1, 6, 5, 30, tzinfo=UTC)
        assert CORE.due_at(date(2026, 7, 6), LONDON) == datetime(2026, 7, 7, 4, 30, tzinfo=UTC)


class TestSchedule:
    def test_leaves_out_weekends_and_holidays(self) -> None:
        schedule = Schedule(holidays=frozenset({date(2026, 12, 25)}))
        days = schedule.days(CORE, date(2026, 12, 24), date(2026, 12, 29))
        assert list(days) == [date(2026, 12, 24), date(2026, 12, 28), date(2026, 12, 29)]


class TestTheFile:
    def test_says_what_is_expected(self, tmp_path: Path) -> None:
        schedule = load_schedule(written(tmp_path, GOOD))
        core, cards = schedule.expectations
        assert (core.kind, core.rows_at_least, core.days_after) == (FeedKind.DAILY, 1000, 1)
        assert (cards.business_days_only, cards.days_after) == (False, 0)
        assert not schedule.is_business_day(date(2026, 12, 25))

    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ('feeds: [{feed: core, due: "half past"}]', "feeds[0].due"),
            ('feeds: [{feed: core, due: "05:30", kind: hourly}]', "feeds[0].kind"),
            ('feeds: [{feed: core, due: "05:30", rows: 5}]', "feeds[0].rows"),
            ('holidays: ["christmas"]\nfeeds: []', "holidays"),
            ("feeds: [", "not YAML"),
        ],
    )
    def test_is_refused_with_the_key_that_is_wrong(
        self, tmp_path: Path, text: str, named: str
    ) -> None:
        with pytest.raises(ProfileInvalid, match=named.replace("[", r"\[")):
            load_schedule(written(tmp_path, text))
