"""A record that a handler gave up, given to it again by hand.

A change of a table is given to the handler right here: as the stream still has it, or else as the
item stands now. A record of Kinesis is put into its shard once more, at the end, since a handler
may keep what it has read for long before it is durable.
"""

from typing import Any

import structlog

from aws.dynamodb.attributes import decode_item, encode_item
from aws.dynamodb.calls import call
from aws.metrics import use_case
from aws.resources import Stream, Table
from aws.streams.dead_letters import DeadLetter
from aws.streams.handlers import AnyHandler, registered
from aws.streams.kinesis_stream import KinesisStream
from aws.streams.putting import Outgoing, put
from aws.streams.records import Change, Kind, Record
from aws.streams.shards import From, Shard
from aws.streams.source import Trimmed
from aws.streams.table_stream import TableStream
from aws.streams.wire import call_kinesis
from kernel.clock import Clock, utc_now
from kernel.errors import Missing, Refused

log = structlog.get_logger(__name__)


class RecordGone(Missing):
    """Neither the stream nor the table has this record any more: nothing is left to replay."""

    code = "record_gone"


class NotDurable(Refused):
    """The handler took the record, but keeps it for later: nothing is known to be durable."""

    code = "not_durable"


def replay(letter: DeadLetter, *, clock: Clock = utc_now) -> str:
    """Has it handled again; what was done. Raises what the handler raises, `RecordGone`,
    `UnknownHandler`, `Unavailable`."""
    (handler,) = registered([letter.handler])
    with use_case(f"streams.{handler.name}"):
        if isinstance(handler.source, Stream):
            return _put_again(letter, handler.source)
        return _handle(letter, handler, handler.source, clock)


def _handle(letter: DeadLetter, handler: AnyHandler, table: Table, clock: Clock) -> str:
    change = _from_stream(letter, table, clock) or _from_table(letter, table, clock)
    done = handler().handle([change])
    if done != change.sequence:
        raise NotDurable
    return "handled as it stands now" if change.swept else "handled as it came"


def _from_stream(letter: DeadLetter, table: Table, clock: Clock) -> Change | None:
    stream = TableStream(table, clock=clock)
    stream.list()
    at = Shard(id=letter.shard, first_sequence=letter.sequence)
    try:
        page = stream.read(at, stream.open(at, From.START, clock()))
    except (Trimmed, Missing):
        return None
    found = next((each for each in page.records if each.sequence == letter.sequence), None)
    return found if isinstance(found, Change) else None


def _from_table(letter: DeadLetter, table: Table, clock: Clock) -> Change:
    key = encode_item(letter.key)
    answer = call("GetItem", TableName=table.physical_name, Key=key, ConsistentRead=True)
    if "Item" not in answer:
        raise RecordGone
    return Change(
        table=table.name,
        key=dict(letter.key),
        kind=Kind.INSERTED,
        old=None,
        new=decode_item(answer["Item"]),
        sequence=letter.sequence,
        at=clock(),
        swept=True,
    )


def _put_again(letter: DeadLetter, stream: Stream) -> str:
    record = _record(letter, stream)
    shard = _described(letter, stream)
    hash_key = int(shard["HashKeyRange"]["StartingHashKey"])
    put(stream, [Outgoing(partition_key=record.partition_key, hash_key=hash_key, data=record.data)])
    return "put into the stream again"


def _record(letter: DeadLetter, stream: Stream) -> Record:
    reader = KinesisStream(stream)
    try:
        answer = call_kinesis(
            "GetShardIterator",
            StreamName=stream.physical_name,
            ShardId=letter.shard,
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            StartingSequenceNumber=letter.sequence,
        )
        page = reader.read(Shard(id=letter.shard), str(answer["ShardIterator"]))
    except (Trimmed, Missing) as error:
        raise RecordGone from error
    found = next((each for each in page.records if each.sequence == letter.sequence), None)
    if not isinstance(found, Record):
        raise RecordGone
    return found


def _described(letter: DeadLetter, stream: Stream) -> dict[str, Any]:
    answer = call_kinesis("ListShards", StreamName=stream.physical_name)
    found = next((each for each in answer["Shards"] if each["ShardId"] == letter.shard), None)
    if found is None:
        raise RecordGone
    return dict(found)
