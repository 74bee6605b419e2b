"""Where the alert digest gets its numbers from. Whoever raises alerts offers a source:

digests.offer(MySource())        in its app's `ready`
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCount:
    """How many alerts of each kind a customer got: no account, no transaction, no words."""

    customer_id: str
    counts: Mapping[str, int]


class DigestSource(Protocol):
    def digests(self, day: date) -> Iterable[AlertCount]:
        """The customers with alerts on a day (in the bank's time zone) who want a digest, each
        once, in any order. The day is over, so asking again gives the same."""
        ...


_offered: DigestSource | None = None


def offer(source: DigestSource | None) -> None:
    """Makes this the source; None takes it away."""
    global _offered
    _offered = source


def source() -> DigestSource | None:
    return _offered
