"""A sweep over a table: what its stream no longer has is read from the table itself.

It shows what is there, not what was: items that were removed, and versions in between, stay unseen.
"""

from collections.abc import Iterator
from datetime import datetime

import orjson

from aws.dynamodb.attributes import WireItem, decode_item
from aws.dynamodb.calls import call
from aws.errors import translated
from aws.resources import Table
from aws.sessions import client
from aws.streams.records import Change, Kind
from aws.streams.shards import After, Shard, Where, segment_index
from aws.streams.source import Pace, Page
from kernel.clock import Clock

SEGMENT_BYTES = 1 << 30
SEGMENTS_MAX = 64
_FIRST = "null"


class TableSweep:
    """Segments of a parallel Scan, each read like a shard. A sequence number is an item's key."""

    pace = Pace(quick_s=0.0, slow_s=0.1)

    def __init__(self, table: Table, *, clock: Clock) -> None:
        self._table, self._clock = table, clock

    def segments(self) -> int:
        """One for each GB; DynamoDB counts a table's bytes every six hours or so."""
        with translated():
            answer = client("dynamodb").describe_table(TableName=self._table.physical_name)
        size = int(answer["Table"].get("TableSizeBytes", 0))
        return min(SEGMENTS_MAX, 1 + size // SEGMENT_BYTES)

    def open(self, shard: Shard, where: Where, at: datetime) -> str:
        return where.sequence if isinstance(where, After) else _FIRST

    def read(self, shard: Shard, iterator: str) -> Page:
        """Read eventually: a write too young to be seen is younger than the beginning's shards."""
        changes, following = self._page(*segment_index(shard), iterator)
        return Page(changes, following, at_tip=False)

    def pages(self) -> Iterator[tuple[Change, ...]]:
        """The whole table, one page after the other: what a view is built anew from."""
        iterator: str | None = _FIRST
        while iterator is not None:
            changes, iterator = self._page(0, 1, iterator)
            yield changes

    def _page(self, index: int, total: int, iterator: str) -> tuple[tuple[Change, ...], str | None]:
        key = orjson.loads(iterator)
        answer = call(
            "Scan",
            TableName=self._table.physical_name,
            Segment=index,
            TotalSegments=total,
            **({"ExclusiveStartKey": key} if key else {}),
        )
        now = self._clock()
        last = answer.get("LastEvaluatedKey")
        changes = tuple(self._change(item, now) for item in answer["Items"])
        return changes, orjson.dumps(last).decode() if last else None

    def _change(self, item: WireItem, now: datetime) -> Change:
        names = [self._table.partition_key, self._table.sort_key]
        key = {name: item[name] for name in names if name}
        return Change(
            table=self._table.name,
            key=decode_item(key),
            kind=Kind.INSERTED,
            old=None,
            new=decode_item(item),
            sequence=orjson.dumps(key).decode(),
            at=now,
            swept=True,
        )
