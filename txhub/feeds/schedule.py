"""When files are due: what the bank expects of its feeds, as a YAML file says it.

    holidays: ["2026-12-25", "2026-12-28"]
    feeds:
      - feed: core
        kind: daily
        due: "05:30"       in the bank's time zone
        days_after: 1      calendar days after the business date; 1 unless it says otherwise
        days: business     or every
        rows_at_least: 1000

`TXHUB_FEED_SCHEDULE` names the file. Pure but for reading it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path

import yaml

from txhub.feeds.rows import FeedKind
from txhub.feeds.section import ProfileInvalid, Section

_DAYS = ("business", "every")
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A feed's file for each of its days. `days_after` the business date it is due, at `due`."""

    feed: str
    kind: FeedKind
    due: time
    days_after: int = 1
    business_days_only: bool = True
    rows_at_least: int = 1

    def due_at(self, day: date, zone: tzinfo) -> datetime:
        return datetime.combine(day + timedelta(days=self.days_after), self.due, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What is expected of all feeds; nothing, unless somebody says so."""

    expectations: tuple[Expectation, ...] = ()
    holidays: frozenset[date] = frozenset()

    def days(self, expectation: Expectation, first: date, last: date) -> Iterator[date]:
        """The business dates, from `first` to `last`, that the feed has a file for."""
        for number in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(number)
            if not expectation.business_days_only or self.is_business_day(day):
                yield day

    def is_business_day(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in self.holidays


def load_schedule(path: Path) -> Schedule:
    """Reads and checks it. Raises `ProfileInvalid`, which names the key that is wrong."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProfileInvalid(f"{path.name}: not YAML ({type(error).__name__})") from None
    section = Section(f"{path.name}: ", document)
    schedule = Schedule(
        expectations=tuple(map(_expectation, section.sections("feeds"))),
        holidays=frozenset(_holidays(section)),
    )
    section.close()
    return schedule


def _expectation(section: Section) -> Expectation:
    expectation = Expectation(
        feed=section.text("feed"),
        kind=FeedKind(section.choice("kind", tuple(FeedKind), FeedKind.DAILY)),
        due=_time(section),
        days_after=section.number("days_after", 1),
        business_days_only=section.choice("days", _DAYS, _DAYS[0]) == _DAYS[0],
        rows_at_least=section.number("rows_at_least", 1),
    )
    section.close()
    return expectation


def _time(section: Section) -> time:
    try:
        return time.fromisoformat(section.text("due"))
    except ValueError:
        raise section.wrong("due", 'expected a time of day such as "05:30"') from None


def _holidays(section: Section) -> Iterator[date]:
    for text in section.texts("holidays", ()):
        try:
            yield date.fromisoformat(text)
        except ValueError:
            raise section.wrong("holidays", 'expected days such as "2026-12-25"') from None
