"""How an account's transactions are cut into volumes, so that no partition grows without bound.

A volume is a prefix of the booking date: "2018" holds a year, "2018-04" a month, "2018-04-1" ten
days, "2018-04-17" a day. All volumes of one year are cut alike, and the cut is chosen when the
year's first entries arrive, from how dense they are: a quiet account keeps a year together, so a
page of fifty is one or two reads; a busy one gets a volume a day, so no partition is large. The
names in use are kept on the account, which is the directory that readers go by. Pending entries
lie in a volume of their own, and move to another one, by year, when they are settled or their hold
ends. The measurements are in docs/adr/0002-volumes.md.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta

PENDING_VOLUME = "P"
_SETTLED, _ENDED = "S", "X"
# A volume should end up with no more entries than this, by the density seen when it is opened.
ENTRIES_MAX_AIM = 1_000
# Length of the date prefix -> the days that such a volume covers, coarsest first.
_CUTS = {4: 366, 7: 31, 9: 10, 10: 1}
# Fewer entries than this say little of a year's density: then the year before is asked.
_SAMPLE_MIN = 100
# A few entries of one day are no sign of a busy account.
_SPAN_DAYS_MIN = 7
# A year may begin where a group of entries ends: so those shortly before it count too.
_LATELY = timedelta(days=31)


def assign_volumes(days: Iterable[date], volumes: Iterable[str]) -> dict[date, str]:
    """The volume of each day. `days` once per entry (so that density shows); `volumes` in use.

    Years that have a volume keep its cut; others get theirs here.
    """
    cuts = _cuts_in_use(volumes)
    entries = sorted(days)
    names = {day: day.isoformat() for day in entries}
    for year in sorted({name[:4] for name in names.values()} - cuts.keys()):
        cuts[year] = _cut_for(_lately(entries, int(year)), _cut_before(year, cuts))
    return {day: name[: cuts[name[:4]]] for day, name in names.items()}


def volume_of(day: date, volumes: Iterable[str]) -> str | None:
    """The volume in use that holds `day`, or None where there is none yet."""
    text = day.isoformat()
    in_use = frozenset(volumes)
    return next((text[:cut] for cut in _CUTS if text[:cut] in in_use), None)


def settled_volume(day: date) -> str:
    """Where a pending entry of that day lies once postings have taken all of it: "S2018"."""
    return f"{_SETTLED}{day:%Y}"


def ended_volume(day: date) -> str:
    """Where it lies once its hold has ended with something left of it: "X2018"."""
    return f"{_ENDED}{day:%Y}"


def is_ended(volume: str) -> bool:
    return volume.startswith(_ENDED)


def is_settled(volume: str) -> bool:
    """Whether it holds what is pending no more."""
    return volume.startswith((_SETTLED, _ENDED))


def holds_posted(volume: str) -> bool:
    return volume != PENDING_VOLUME and not is_settled(volume)


def ended_volumes(volumes: Iterable[str], first: date, last: date) -> list[str]:
    """Those in use for what was pending on these days and has ended."""
    return [each for each in volumes if ended_volume(first) <= each <= ended_volume(last)]


def posted_volumes(
    volumes: Iterable[str], from_day: date | None = None, to_day: date | None = None
) -> list[str]:
    """The volumes that may hold posted entries booked within the days given, newest first."""
    low = from_day.isoformat() if from_day else "0000-00-00"
    high = to_day.isoformat() if to_day else "9999-99-99"
    return sorted(
        (
            volume
            for volume in volumes
            if holds_posted(volume) and low[: len(volume)] <= volume <= high[: len(volume)]
        ),
        reverse=True,
    )


def _cuts_in_use(volumes: Iterable[str]) -> dict[str, int]:
    return {volume[:4]: len(volume) for volume in volumes if holds_posted(volume)}


def _cut_before(year: str, cuts: dict[str, int]) -> int | None:
    earlier = [known for known in cuts if known < year]
    return cuts[max(earlier)] if earlier else None


def _lately(entries: list[date], year: int) -> list[date]:
    """The entries of a year, and those of the weeks before the first of them."""
    first = entries[bisect_left(entries, date(year, 1, 1))]
    begins = bisect_left(entries, first - _LATELY)
    return entries[begins : bisect_right(entries, date(year, 12, 31))]


def _cut_for(entries: list[date], before: int | None) -> int:
    span_days = (max(entries) - min(entries)).days + 1
    a_day = len(entries) / max(_SPAN_DAYS_MIN, span_days)
    fitting = (cut for cut, days in _CUTS.items() if a_day * days <= ENTRIES_MAX_AIM)
    own = next(fitting, max(_CUTS))
    if before is None:
        return own
    if len(entries) < _SAMPLE_MIN:
        return before
    # A group of rows may end with a busy account's first day of the year: too short to loosen it.
    return max(own, before) if span_days < _SPAN_DAYS_MIN else own
