"""What a lane has taken from its shard: still to be given, or given and not durable yet. Pure."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime

from aws.streams.handlers import Progress
from aws.streams.source import AnyRecord

BATCH_MAX = 1000


class Hand:
    """The records of a chunk that are still to be given, and how many of them at a time."""

    def __init__(self) -> None:
        self._records: list[AnyRecord] = []
        self._size = BATCH_MAX

    def take(self, records: Iterable[AnyRecord]) -> None:
        self._records.extend(records)

    def batch(self) -> list[AnyRecord]:
        """What to give next; empty: there is nothing."""
        return self._records[: self._size]

    def give(self) -> None:
        """The batch has been taken; the next one may be larger again."""
        del self._records[: self._size]
        self._size = min(BATCH_MAX, 2 * self._size)

    def halve(self) -> None:
        """The batch fails: half of it at a time from now on."""
        self._size = max(1, min(self._size, len(self._records)) // 2)

    def drop(self, record: AnyRecord) -> None:
        self._records = [each for each in self._records if each is not record]


class InFlight:
    """Records whose effects are not durable yet, in the shard's order."""

    def __init__(self) -> None:
        self._times: OrderedDict[str, datetime] = OrderedDict()
        self._given_up: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._times)

    def add(self, records: Iterable[AnyRecord]) -> None:
        self._times.update((record.sequence, record.at) for record in records)

    def oldest(self) -> datetime:
        """When the first of them was written."""
        return next(iter(self._times.values()))

    def settle(self, progress: Progress) -> tuple[str, datetime] | None:
        """The last record up to which all is settled now, and its time; None: no further one.

        Raises `ValueError` where `progress` names none of them.
        """
        settled = None
        if progress is not None and progress not in self._times:
            raise ValueError("a handler reported progress that it cannot have made")
        while progress in self._times:
            settled = self._times.popitem(last=False)
        while self._times and next(iter(self._times)) in self._given_up:
            settled = self._times.popitem(last=False)
            self._given_up.remove(settled[0])
        if not self._times:
            self._given_up.clear()
        return settled

    def give_up(self, sequence: str) -> None:
        """Nothing more will come of this record: it is settled when those before it are."""
        self._given_up.add(sequence)
