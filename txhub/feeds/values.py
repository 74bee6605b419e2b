"""Field values: dates, times and amounts as a feed writes them.

Parsers are made once for a profile. They remember what they parsed (a day or an amount comes again
and again), within a bound.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache

from kernel.money import AmountFormat
from txhub.feeds.faults import BadDate, BadTime, DateInFuture

DateParser = Callable[[str], date]
TimeParser = Callable[[str], tuple[date, datetime]]
AmountParser = Callable[[str, str], int]  # text, currency -> minor units

YEAR_MIN, YEAR_MAX = 1900, 2100
# A booking may be announced, and a value date lie ahead; beyond a month it is a typing error.
FUTURE_DAYS_MAX = 31
_AMOUNTS_KEPT = 65_536
_DAYS_KEPT = 8_192

_PATTERNS = {
    "%Y": r"(?P<Y>[0-9]{4})",
    "%y": r"(?P<y>[0-9]{2})",
    "%m": r"(?P<m>[0-9]{2})",
    "%d": r"(?P<d>[0-9]{2})",
    "%H": r"(?P<H>[0-9]{2})",
    "%M": r"(?P<M>[0-9]{2})",
    "%S": r"(?P<S>[0-9]{2})",
    "%b": r"(?P<b>[A-Za-z]{3})",
}
_WIDTHS = {"%Y": 4, "%y": 2, "%m": 2, "%d": 2, "%b": 3}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DATE_CODES = frozenset(("%Y", "%y", "%m", "%d", "%b"))
TIME_CODES = frozenset(("%H", "%M", "%S"))


def codes_of(pattern: str) -> list[str]:
    """The `%` codes in a format, such as `["%Y", "%m", "%d"]`."""
    return re.findall(r"%.", pattern)


def date_parser(pattern: str, century: int = 0) -> DateParser:
    """Parses days in this format: `%Y %y %m %d %b` and literal characters, fixed widths, nothing
    guessed. `century` (1900, 2000) is what two digits of a year are added to.

    The parser raises `BadDate`, for years outside `YEAR_MIN`..`YEAR_MAX` too.
    """
    form = _compiled(pattern)

    @lru_cache(maxsize=_DAYS_KEPT)
    def parse(text: str) -> date:
        match = form.fullmatch(text)
        if match is None:
            raise BadDate(f"not a date in the format {pattern}")
        return _date_of(match.groupdict(), century)

    return parse


def time_parser(pattern: str, zone: tzinfo, century: int = 0) -> TimeParser:
    """Parses a day followed by a time of day (`%H %M %S`) that the feed writes in `zone`; gives
    the day as written and the moment in UTC.

    The parser raises `BadDate` and `BadTime`, for an hour that the clocks left out too. Of an hour
    that the clocks repeated it takes the first.
    """
    split = pattern.index("%H")
    day_width = len(re.sub(r"%.", lambda code: "." * _WIDTHS[code.group()], pattern[:split]))
    day_of = date_parser(pattern[:split], century)
    clock_of = _clock_parser(pattern[split:])

    def parse(text: str) -> tuple[date, datetime]:
        day = day_of(text[:day_width])
        clock = clock_of(text[day_width:])
        if zone is UTC:
            return day, datetime(day.year, day.month, day.day, *clock, tzinfo=UTC)
        return day, _utc_of(datetime(day.year, day.month, day.day, *clock, tzinfo=zone))

    return parse


def amount_parser(form: AmountFormat) -> AmountParser:
    """`AmountFormat.parse_minor` with a memory."""
    return lru_cache(maxsize=_AMOUNTS_KEPT)(form.parse_minor)


def latest_day(business_date: date, received_on: date) -> date:
    """The last day that a row of a file may be dated: a month after the file's business date, or
    after the day it was received, whichever is later (an old business date may be given to a file
    that holds younger rows)."""
    return date.fromordinal(max(business_date, received_on).toordinal() + FUTURE_DAYS_MAX)


def refuse_future(day: date, latest: date | None) -> None:
    if latest is not None and day > latest:
        raise DateInFuture(f"dated after {latest.isoformat()}, the last day this file may speak of")


def in_range(day: date) -> date:
    if not YEAR_MIN <= day.year <= YEAR_MAX:
        raise BadDate(f"the year is outside {YEAR_MIN}..{YEAR_MAX}")
    return day


def _clock_parser(pattern: str) -> Callable[[str], tuple[int, int, int]]:
    form = _compiled(pattern)

    @lru_cache(maxsize=_AMOUNTS_KEPT)
    def parse(text: str) -> tuple[int, int, int]:
        match = form.fullmatch(text)
        if match is None:
            raise BadTime(f"not a time of day in the format {pattern}")
        part = match.groupdict(default="0")
        hour, minute, second = int(part["H"]), int(part.get("M", 0)), int(part.get("S", 0))
        if hour > 23 or minute > 59 or second > 59:
            raise BadTime("no such time of day")
        return hour, minute, second

    return parse


def _compiled(pattern: str) -> re.Pattern[str]:
    pieces = re.split(r"(%.)", pattern)
    return re.compile("".join(_PATTERNS.get(piece) or re.escape(piece) for piece in pieces))


def _date_of(part: dict[str, str], century: int) -> date:
    year = int(part["Y"]) if "Y" in part else century + int(part["y"])
    try:
        month = int(part["m"]) if "m" in part else _MONTHS.index(part["b"].lower()) + 1
        return in_range(date(year, month, int(part["d"])))
    except ValueError:
        raise BadDate("no such day in the calendar") from None


def _utc_of(local: datetime) -> datetime:
    moment = local.astimezone(UTC)
    if moment.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise BadTime("the clocks left this hour out")
    return moment
