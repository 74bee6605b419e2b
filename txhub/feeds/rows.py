"""What reading a feed gives: a header where the format has one, then rows in the file's order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from txhub.domain.entries import Entry


class FeedKind(StrEnum):
    """What a file is for."""

    HISTORICAL = "historical"  # months or years at once; never overwrites another source
    DAILY = "daily"  # what was booked on a business day, with corrections
    MEMO = "memo"  # what is authorised and not booked yet


class Coverage(StrEnum):
    """What a file of the hub's own format stands for."""

    FULL = "full"  # a full memo file replaces that feed's pending entries
    DELTA = "delta"  # adds to what is there


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHeader:
    """The `H` record. `sequence` counts a feed's files of one kind, as the sender does."""

    feed: str
    kind: FeedKind
    business_date: date
    sequence: int
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Parsed:
    """A detail row that became an entry."""

    entry: Entry

    @property
    def line(self) -> int:
        return self.entry.line


@dataclass(frozen=True, slots=True)
class Skipped:
    """A detail row that the profile leaves out on purpose; `reason` is the profile's."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Bad:
    """A detail row that does not validate. It goes to quarantine; the file goes on.

    `code` is machine-readable. `reason` is for the operator and quotes nothing from the row.
    `raw` is the row as it stood in the file, line end included; it may hold personal data, but no
    full card number.
    """

    line: int
    code: str
    reason: str
    raw: bytes


Row = Parsed | Skipped | Bad


@dataclass(frozen=True, slots=True)
class Feed:
    """An opened feed. `header` is None where the format has none. `rows` can be read once.

    A fault of the file as a whole is raised from `rows`, at its end at the latest: nothing read
    from it may be made visible before the last row is out.
    """

    header: FeedHeader | None
    rows: Iterator[Row]
