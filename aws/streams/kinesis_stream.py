"""Kinesis data streams."""

from binascii import a2b_base64
from datetime import UTC, datetime, timedelta
from typing import Any

from aws.resources import Stream
from aws.streams.records import Record
from aws.streams.shards import After, Listing, Shard, Where
from aws.streams.source import Pace, Page, Trimmed
from aws.streams.wire import call_kinesis
from kernel.clock import Clock, utc_now

RECORDS_MAX = 10_000  # Kinesis's limit for one answer, or 10 MB


class KinesisStream:
    """A data stream. What it trims is lost: there is no table to sweep."""

    sweep = None
    # Kinesis answers five reads of a shard a second, whoever asks.
    pace = Pace(quick_s=0.2, slow_s=0.25)

    def __init__(self, stream: Stream, *, clock: Clock = utc_now) -> None:
        self.name = f"stream/{stream.name}"
        # An hour less than it keeps them: clocks differ.
        self.retention = timedelta(hours=stream.retention_hours - 1)
        self._at = {"StreamName": stream.physical_name}
        self._clock = clock

    def list(self) -> Listing:
        """All shards. A stream that is made anew has the same ARN, and another time of creation."""
        summary = call_kinesis("DescribeStreamSummary", **self._at)["StreamDescriptionSummary"]
        answer = call_kinesis("ListShards", **self._at)
        shards = [*map(_shard, answer["Shards"])]
        while "NextToken" in answer:
            answer = call_kinesis("ListShards", NextToken=answer["NextToken"])
            shards += map(_shard, answer["Shards"])
        identity = f"{summary['StreamARN']} of {summary['StreamCreationTimestamp']}"
        return Listing(stream=identity, shards={each.id: each for each in shards})

    def open(self, shard: Shard, where: Where, at: datetime) -> str:
        """An iterator. Kinesis passes over what is trimmed in silence, so `at` must tell."""
        if self._clock() - at >= self.retention:
            raise Trimmed("what is to be read may be older than what the stream keeps")
        start = {"ShardIteratorType": "TRIM_HORIZON"}
        if isinstance(where, After):
            start = {
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "StartingSequenceNumber": where.sequence,
            }
        answer = call_kinesis("GetShardIterator", **self._at, ShardId=shard.id, **start)
        return str(answer["ShardIterator"])

    def read(self, shard: Shard, iterator: str) -> Page:
        answer = call_kinesis("GetRecords", ShardIterator=iterator, Limit=RECORDS_MAX)
        records = tuple(self._record(each) for each in answer["Records"])
        at_tip = not records and not answer.get("MillisBehindLatest")
        return Page(records, answer.get("NextShardIterator"), at_tip=at_tip)

    def _record(self, wire: dict[str, Any]) -> Record:
        return Record(
            stream=self.name.partition("/")[2],
            partition_key=wire["PartitionKey"],
            data=a2b_base64(wire["Data"]),
            sequence=wire["SequenceNumber"],
            at=datetime.fromtimestamp(wire["ApproximateArrivalTimestamp"], UTC),
        )


def _shard(wire: dict[str, Any]) -> Shard:
    parents = (wire.get("ParentShardId"), wire.get("AdjacentParentShardId"))
    return Shard(
        id=wire["ShardId"],
        parents=tuple(each for each in parents if each),
        first_sequence=wire["SequenceNumberRange"]["StartingSequenceNumber"],
    )
