"""DynamoDB Streams: the changes of a table."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aws.dynamodb.attributes import decode_item
from aws.errors import translated
from aws.resources import Table
from aws.sessions import client
from aws.streams import conf
from aws.streams.records import Change, Kind
from aws.streams.shards import After, From, Listing, Shard, Where
from aws.streams.source import Pace, Page, Trimmed
from aws.streams.sweep import TableSweep
from aws.streams.wire import call_streams
from kernel.clock import Clock, utc_now
from kernel.errors import Missing

RECORDS_MAX = 1000  # DynamoDB's limit for one answer, or 1 MB
_KINDS = {"INSERT": Kind.INSERTED, "MODIFY": Kind.MODIFIED, "REMOVE": Kind.REMOVED}


class TableStream:
    """The stream of a table, which keeps records for 24 hours."""

    # An hour less than 24: clocks differ, and times of records are rounded.
    retention = timedelta(hours=23)

    def __init__(self, table: Table, *, clock: Clock = utc_now) -> None:
        self.name = f"table/{table.name}"
        self.pace = Pace(quick_s=conf.POLL_S / 4, slow_s=conf.POLL_S)
        self.sweep = TableSweep(table, clock=clock)
        self._table, self._clock = table, clock
        self._arn = ""

    def list(self) -> Listing:
        """All shards of the table's present stream."""
        self._arn = self._present_arn()
        shards: dict[str, Shard] = {}
        parameters = {"StreamArn": self._arn}
        while True:
            described = call_streams("DescribeStream", **parameters)["StreamDescription"]
            shards |= {each.id: each for each in map(_shard, described["Shards"])}
            if "LastEvaluatedShardId" not in described:
                return Listing(stream=self._arn, shards=shards)
            parameters["ExclusiveStartShardId"] = described["LastEvaluatedShardId"]

    def open(self, shard: Shard, where: Where, at: datetime) -> str:
        """An iterator. DynamoDB itself tells whether a sequence number is trimmed; where there is
        none, `at` must be within the retention."""
        if not isinstance(where, After) and self._clock() - at >= self.retention:
            raise Trimmed("the shard may have begun longer ago than the stream keeps its records")
        answer = call_streams(
            "GetShardIterator", StreamArn=self._arn, ShardId=shard.id, **_start(shard, where)
        )
        return str(answer["ShardIterator"])

    def read(self, shard: Shard, iterator: str) -> Page:
        answer = call_streams("GetRecords", ShardIterator=iterator, Limit=RECORDS_MAX)
        records = tuple(self._change(each) for each in answer["Records"])
        return Page(records, answer.get("NextShardIterator"), at_tip=not records)

    def _change(self, wire: dict[str, Any]) -> Change:
        said = wire["dynamodb"]
        return Change(
            table=self._table.name,
            key=decode_item(said["Keys"]),
            kind=_KINDS[wire["eventName"]],
            old=decode_item(said["OldImage"]) if "OldImage" in said else None,
            new=decode_item(said["NewImage"]) if "NewImage" in said else None,
            sequence=said["SequenceNumber"],
            at=datetime.fromtimestamp(said["ApproximateCreationDateTime"], UTC),
        )

    def _present_arn(self) -> str:
        with translated():
            answer = client("dynamodb").describe_table(TableName=self._table.physical_name)
        arn = answer["Table"].get("LatestStreamArn")
        if arn is None:
            raise Missing(f"the table {self._table.name} has no stream; run `manage.py provision`")
        return str(arn)


def _start(shard: Shard, where: Where) -> dict[str, str]:
    if isinstance(where, After):
        return {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": where.sequence}
    if where is From.START and shard.first_sequence:
        return {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": shard.first_sequence}
    return {"ShardIteratorType": "TRIM_HORIZON"}


def _shard(wire: dict[str, Any]) -> Shard:
    parent = wire.get("ParentShardId")
    return Shard(
        id=wire["ShardId"],
        parents=(parent,) if parent else (),
        first_sequence=wire.get("SequenceNumberRange", {}).get("StartingSequenceNumber"),
    )
