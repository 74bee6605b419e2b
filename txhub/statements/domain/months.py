"""Which days a statement covers. A statement is named after the month that its last day lies in."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.errors import Missing, Refused

CYCLE_DAY_MAX = 28  # every month has it
_WRITTEN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class NoSuchMonth(Missing):
    """This is no month. Write it as 2026-11."""

    code = "no_such_month"


class BadCycleDay(Refused):
    """The cycle day is a day from 1 to 28, or none for the last day of the month."""

    code = "bad_cycle_day"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month, written `2026-11`."""

    year: int
    number: int

    @classmethod
    def named(cls, text: str) -> "Month":
        """Raises `NoSuchMonth`."""
        match = _WRITTEN.fullmatch(text)
        if match is None or match[1] == "0000":
            raise NoSuchMonth
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @property
    def following(self) -> "Month":
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def preceding(self) -> "Month":
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)

    def closing(self, cycle_day: int | None) -> date:
        """The last day of the statement named after this month; None: the month's own last day."""
        last = calendar.monthrange(self.year, self.number)[1]
        return date(self.year, self.number, cycle_day or last)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The booking days of one statement, both included."""

    month: Month
    first_day: date
    closing: date

    def following(self, cycle_day: int | None) -> "Period":
        """The next one begins where this one ends, whatever has become of the cycle day."""
        month = self.month.following
        return Period(
            month=month,
            first_day=self.closing + timedelta(days=1),
            closing=month.closing(cycle_day),
        )


def period_of(day: date, cycle_day: int | None) -> Period:
    """The period that the day lies in, where no earlier statement says otherwise."""
    month = Month.of(day)
    if day > month.closing(cycle_day):
        month = month.following
    first_day = month.preceding.closing(cycle_day) + timedelta(days=1)
    return Period(month=month, first_day=first_day, closing=month.closing(cycle_day))


def checked_cycle_day(cycle_day: int | None) -> int | None:
    """The same; raises `BadCycleDay`."""
    if cycle_day is not None and not 1 <= cycle_day <= CYCLE_DAY_MAX:
        raise BadCycleDay
    return cycle_day
