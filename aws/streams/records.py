"""What a handler is given: changes of a table's items, or records of a Kinesis stream."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aws.dynamodb import Item


class Kind(StrEnum):
    """What became of the item."""

    INSERTED = "inserted"
    MODIFIED = "modified"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of one item, with the item before and after it in native values.

    `table` is the logical name. `at` is DynamoDB's approximate time, to the second. `swept`: it
    was not read from the stream but from the table, because the stream no longer had it; then
    `new` is the item as it stands, `old` is None and `kind` is `INSERTED`.
    Handlers share one Change between them: the items are to be read, not written.
    """

    table: str
    key: Item
    kind: Kind
    old: Item | None = field(repr=False)
    new: Item | None = field(repr=False)
    sequence: str
    at: datetime
    swept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record of a Kinesis stream; `stream` is the logical name."""

    stream: str
    partition_key: str
    data: bytes = field(repr=False)
    sequence: str
    at: datetime
