"""The port to a stream, and what its two kinds (and a sweep over a table) have in common."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from aws.streams.records import Change, Record
from aws.streams.shards import Listing, Shard, Where
from kernel.errors import Conflict, Missing

AnyRecord = Change | Record


class Trimmed(Missing):
    """The stream no longer has these records, or nothing proves that it has them all."""

    code = "stream_trimmed"


class IteratorExpired(Conflict):
    """An iterator was not used for too long; another one can be made."""

    code = "iterator_expired"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. `iterator` is for the next; None: the shard is closed and has no more.

    `at_tip`: nothing more is there at this moment.
    """

    records: tuple[AnyRecord, ...]
    iterator: str | None
    at_tip: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a reader waits between two reads of a shard: `quick_s` while records come, then
    more and more up to `slow_s`."""

    quick_s: float
    slow_s: float


class Readable(Protocol):
    """What has shards that can be read. All methods raise `Unavailable` (throttled, no answer)."""

    @property
    def pace(self) -> Pace: ...

    def open(self, shard: Shard, where: Where, at: datetime) -> str:
        """An iterator. `at`: nothing that came before is still to be read.

        Raises `Trimmed` unless all that came after `where` is still there.
        """
        ...

    def read(self, shard: Shard, iterator: str) -> Page:
        """The next records. Raises `Trimmed` and `IteratorExpired`."""
        ...


class Sweep(Readable, Protocol):
    """Reads the table itself, in segments."""

    def segments(self) -> int:
        """In how many parts it is worth doing now."""
        ...


class Source(Readable, Protocol):
    """A stream."""

    @property
    def name(self) -> str:
        """Such as `table/transactions`."""
        ...

    @property
    def retention(self) -> timedelta:
        """For how long the stream surely keeps a record."""
        ...

    @property
    def sweep(self) -> Sweep | None:
        """What mends a loss; None where nothing can."""
        ...

    def list(self) -> Listing:
        """The shards that there are."""
        ...
