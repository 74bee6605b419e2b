from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txhub.feeds.faults import BadDate, BadTime, DateInFuture
from txhub.feeds.values import date_parser, latest_day, refuse_future, time_parser

LONDON = ZoneInfo("Europe/London")


class TestDateParser:
    @pytest.mark.parametrize(
        ("pattern", "century", "text"),
        [
            ("%Y-%m-%d", 0, "1993-02-28"),
            ("%y%m%d", 1900, "930228"),
            ("%d/%m/%Y", 0, "28/02/1993"),
            ("%d %b %Y", 0, "28 FEB 1993"),
            ("%d.%m.%y", 1900, "28.02.93"),
        ],
    )
    def test_reads_the_format_of_the_profile(self, pattern: str, century: int, text: str) -> None:
        assert date_parser(pattern, century)(text) == date(1993, 2, 28)

    @given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
    def test_reads_every_day_it_may(self, day: date) -> None:
        assert date_parser("%Y-%m-%d")(day.isoformat()) == day

    @pytest.mark.parametrize(
        "text",
        [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "31/01/2026",
            "20260131",
            "",
            "2026-01-31 ",
            "1899-12-31",
            "2101-01-01",
            "\u0662\u0660\u0662\u0666-01-31",
        ],
    )
    def test_refuses_anything_else(self, text: str) -> None:
        with pytest.raises(BadDate):
            date_parser("%Y-%m-%d")(text)


class TestTimeParser:
    def test_gives_the_day_as_written_and_the_moment_in_utc(self) -> None:
        day, moment = time_parser("%Y-%m-%d %H:%M:%S", LONDON)("2026-07-01 00:30:00")
        assert day == date(2026, 7, 1)
        assert moment == datetime(2026, 6, 30, 23, 30, tzinfo=UTC)

    def test_takes_the_first_of_an_hour_that_comes_twice(self) -> None:
        _, moment = time_parser("%Y-%m-%d %H:%M", LONDON)("2026-10-25 01:30")
        assert moment == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text", ["2026-03-29 01:30", "2026-07-01 24:00", "2026-07-01 12:60", "2026-07-01 "]
    )
    def test_refuses_a_time_that_never_was(self, text: str) -> None:
        with pytest.raises(BadTime):
            time_parser("%Y-%m-%d %H:%M", LONDON)(text)

    def test_refuses_a_day_that_never_was(self) -> None:
        with pytest.raises(BadDate):
            time_parser("%y%m%d%H%M", UTC, 2000)("2602301200")


class TestLatestDay:
    def test_lies_a_month_after_the_later_of_both_days(self) -> None:
        old, today = date(2018, 3, 1), date(2026, 1, 1)
        assert latest_day(old, today) == date(2026, 2, 1)
        assert latest_day(today, old) == date(2026, 2, 1)

    def test_is_the_last_that_is_not_refused(self) -> None:
        refuse_future(date(2026, 2, 1), date(2026, 2, 1))
        with pytest.raises(DateInFuture):
            refuse_future(date(2026, 2, 2), date(2026, 2, 1))
