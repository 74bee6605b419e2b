"""Where mails about alerts get their numbers from. Whoever raises alerts offers a source:

sources.offer(MySource())        in its app's `ready`
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCount:
    """How many alerts of each kind a customer got: no account, no transaction, no words. `ids`: of
    the alerts, where each is to be told once."""

    customer_id: str
    counts: Mapping[str, int]
    ids: tuple[str, ...] = ()


class AlertSource(Protocol):
    """Alerts that customers want by e-mail: with a day's others, or at once."""

    def digests(self, day: date) -> Iterable[AlertCount]:
        """The customers with alerts on a day (in the bank's time zone) who want a digest, each
        once, in any order. The day is over, so asking again gives the same."""
        ...

    def is_any_due(self, until: datetime) -> bool:
        """Whether there is anything to be told at once that was due before `until`; quick."""
        ...

    def due(self, until: datetime) -> Iterable[AlertCount]:
        """The customers who are to be told something at once that was due before `until`, each
        once; never an alert that is noted, and nobody within quiet hours."""
        ...

    def note(self, customer_id: str, ids: Iterable[str]) -> None:
        """These alerts are on a list of mails, and come on no other. Again changes nothing."""
        ...


_offered: AlertSource | None = None


def offer(source: AlertSource | None) -> None:
    """Makes this the source; None takes it away."""
    global _offered
    _offered = source


def source() -> AlertSource | None:
    return _offered
