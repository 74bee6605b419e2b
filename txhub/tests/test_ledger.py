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
