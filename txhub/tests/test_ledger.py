"""Volumes: every day has one, none grows too large, and what was once cut stays so."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txhub.domain.ledger import (
    ENTRIES_MAX_AIM,
    PENDING_VOLUME,
    assign_volumes,
    posted_volumes,
    volume_of,
)

DAYS = st.lists(st.dates(date(2015, 1, 1), date(2020, 12, 31)), min_size=1, max_size=200)


def evenly(count: int, span_days: int = 548) -> list[date]:
    """`count` entries spread over 18 months."""
    first = date(2025, 1, 1)
    return [first + timedelta(days=n * span_days // count) for n in range(count)]


class TestAssignVolumes:
    @pytest.mark.parametrize(
        ("count", "length"), [(50, 4), (600, 4), (5_000, 7), (40_000, 9), (100_000, 10)]
    )
    def test_cuts_a_busier_account_finer(self, count: int, length: int) -> None:
        days = evenly(count)
        volumes = assign_volumes(days, ())
        assert {len(volume) for volume in volumes.values()} == {length}
        assert max(Counter(volumes[day] for day in days).values()) <= ENTRIES_MAX_AIM

    @given(DAYS, DAYS)
    def test_never_changes_a_volume_in_use(self, one: list[date], other: list[date]) -> None:
        first = assign_volumes(one, ())
        in_use = set(first.values())
        second = assign_volumes(other, in_use)
        for day in set(one):
            assert assign_volumes([day], in_use | set(second.values()))[day] == first[day]
        for day in set(one) & set(other):
            assert second[day] == first[day]

    @given(DAYS)
    def test_puts_each_day_where_readers_look_for_it(self, days: list[date]) -> None:
        volumes = assign_volumes(days, ())
        in_use = {*volumes.values(), PENDING_VOLUME}
        for day in days:
            assert volume_of(day, in_use) == volumes[day]
            assert posted_volumes(in_use, day, day) == [volumes[day]]

    def test_takes_the_cut_of_the_year_before_where_little_is_known(self) -> None:
        assert assign_volumes([date(2026, 1, 2)], {"2025-12"})[date(2026, 1, 2)] == "2026-01"


class TestPostedVolumes:
    @given(DAYS, st.dates(date(2015, 1, 1), date(2020, 12, 31)), st.integers(0, 500))
    def test_miss_no_day_of_the_range(self, days: list[date], first: date, length: int) -> None:
        last = first + timedelta(days=length)
        volumes = assign_volumes(days, ())
        found = posted_volumes(volumes.values(), first, last)
        assert found == sorted(found, reverse=True)
        for day in days:
            if first <= day <= last:
                assert volumes[day] in found


def within(first: date, last: date, count: int) -> list[date]:
    """`count` entries, evenly spread over these days, oldest first."""
    days = (last - first).days + 1
    return [first + timedelta(days=n * days // count) for n in range(count)]


class TestTheTurnOfTheYear:
    """A group of entries may end, or begin, in the first days of a year."""

    NEW_YEAR = date(2026, 1, 1)
    BUSY = {f"2025-12-{day:02}" for day in range(1, 32)}

    def cut(self, days: list[date], in_use: set[str]) -> int:
        """The length of the names of the new year's volumes."""
        lengths = {
            len(volume)
            for day, volume in assign_volumes(days, in_use).items()
            if day.year == self.NEW_YEAR.year
        }
        (length,) = lengths
        return length

    @pytest.mark.parametrize("count", [1, 3, 99, 150, 990])
    def test_keeps_a_busy_account_s_days_whatever_its_first_day_shows(self, count: int) -> None:
        assert self.cut([self.NEW_YEAR] * count, self.BUSY) == 10

    def test_lets_a_busy_account_become_quiet_where_enough_is_seen_of_it(self) -> None:
        assert self.cut(within(self.NEW_YEAR, date(2026, 3, 31), 110), self.BUSY) == 4

    def test_sees_a_dense_december_behind_a_few_days_of_january(self) -> None:
        december = within(date(2025, 12, 20), date(2025, 12, 31), 900)
        assert self.cut([*december, *[self.NEW_YEAR] * 60], {"2025"}) == 9
        assert self.cut([*december, self.NEW_YEAR], set()) == 9

    def test_leaves_a_quiet_account_quiet_after_a_few_days_of_january(self) -> None:
        december = within(date(2025, 12, 1), date(2025, 12, 31), 45)
        assert self.cut([*december, *[self.NEW_YEAR] * 5], {"2025"}) == 4

    def test_is_not_misled_by_a_dense_time_long_ago(self) -> None:
        june = within(date(2025, 6, 1), date(2025, 6, 30), 900)
        assert self.cut([*june, *[self.NEW_YEAR] * 5], {"2025"}) == 4

    def test_cuts_finer_where_one_day_alone_shows_a_busy_account(self) -> None:
        assert self.cut([self.NEW_YEAR] * 600, {"2025"}) == 9
