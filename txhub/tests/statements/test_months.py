from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txhub.statements.domain.months import (
    BadCycleDay,
    Month,
    NoSuchMonth,
    Period,
    checked_cycle_day,
    period_of,
)

CYCLE_DAYS = st.none() | st.integers(1, 28)
DAYS = st.dates(date(1999, 1, 1), date(2060, 12, 31))


class TestAMonth:
    def test_is_written_as_year_and_month(self) -> None:
        assert str(Month.named("2026-05")) == "2026-05"

    @pytest.mark.parametrize(
        "text", ["2026-13", "2026-00", "2026-5", "2026", "0000-01", "2026-05-01", "²026-05", ""]
    )
    def test_is_nothing_else(self, text: str) -> None:
        with pytest.raises(NoSuchMonth):
            Month.named(text)

    def test_is_followed_and_preceded_by_its_neighbours(self) -> None:
        months = [Month(2025, 12)]
        while len(months) < 26:
            months.append(months[-1].following)
        assert str(months[-1]) == "2028-01"
        assert [each.following.preceding for each in months] == months
        assert months == sorted(months)


class TestAPeriod:
    @given(day=DAYS, cycle_day=CYCLE_DAYS)
    def test_holds_the_day_that_it_is_made_for(self, day: date, cycle_day: int | None) -> None:
        period = period_of(day, cycle_day)
        assert period.first_day <= day <= period.closing
        assert Month.of(period.closing) == period.month

    @given(day=DAYS, cycle_days=st.lists(CYCLE_DAYS, min_size=1, max_size=30))
    def test_follows_another_without_gap_or_overlap_whatever_the_cycle_day(
        self, day: date, cycle_days: list[int | None]
    ) -> None:
        period = period_of(day, cycle_days[0])
        for cycle_day in cycle_days:
            following = period.following(cycle_day)
            assert following.first_day == period.closing + timedelta(days=1) <= following.closing
            assert following.month == period.month.following
            period = following

    def test_is_a_calendar_month_by_default(self) -> None:
        assert period_of(date(2028, 2, 10), None) == Period(
            month=Month(2028, 2), first_day=date(2028, 2, 1), closing=date(2028, 2, 29)
        )

    def test_is_named_after_the_month_it_closes_in(self) -> None:
        assert period_of(date(2026, 12, 16), 15) == Period(
            month=Month(2027, 1), first_day=date(2026, 12, 16), closing=date(2027, 1, 15)
        )


class TestACycleDay:
    def test_is_one_that_every_month_has(self) -> None:
        assert [checked_cycle_day(each) for each in (None, 1, 28)] == [None, 1, 28]
        for bad in (0, 29, -1):
            with pytest.raises(BadCycleDay):
                checked_cycle_day(bad)
