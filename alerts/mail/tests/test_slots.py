"""Slots of a day: each moment is in exactly one, and a slot's name says when it ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.mail.conf import Conf
from alerts.mail.domain.slots import end_of, last_ended

FIVE = timedelta(minutes=5)
_LENGTHS = st.sampled_from([1, 2, 5, 15, 60, 480, 1440]).map(lambda each: timedelta(minutes=each))
_MOMENTS = st.integers(0, 366 * 86_400).map(
    lambda each: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=each)
)


class TestASlot:
    @pytest.mark.parametrize(
        ("now", "name"),
        [
            (datetime(2026, 7, 1, 12, 5, tzinfo=UTC), 1205),
            (datetime(2026, 7, 1, 12, 9, 59, tzinfo=UTC), 1205),
            (datetime(2026, 7, 1, 0, 5, tzinfo=UTC), 5),
            (datetime(2026, 7, 2, 0, 4, 59, tzinfo=UTC), 2400),
        ],
    )
    def test_is_called_by_its_end(self, now: datetime, name: int) -> None:
        assert last_ended(now, FIVE) == (date(2026, 7, 1), name)

    @given(now=_MOMENTS, length=_LENGTHS)
    def test_is_the_last_that_has_ended(self, now: datetime, length: timedelta) -> None:
        end = end_of(*last_ended(now, length))
        assert end <= now < end + length

    @pytest.mark.parametrize("seconds", [90, 7 * 60, 2 * 86_400])
    def test_is_a_part_of_a_day(self, seconds: int) -> None:
        with pytest.raises(ValueError, match="part of a day"):
            Conf(alerts_every=timedelta(seconds=seconds))
