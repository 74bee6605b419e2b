"""Puts records into a Kinesis stream."""

import random
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws.metrics.names import (
    KINESIS_BYTES,
    KINESIS_RECORDS,
    KINESIS_REFUSED,
    ShardLabels,
    StreamLabels,
)
from aws.resources import Stream
from aws.streams.wire import call_kinesis
from kernel.errors import Unavailable
from kernel.retry import GiveUp, RetryPolicy

# Kinesis's limits for one call; it takes 10 MB by now, and has taken 5 MB everywhere for years.
_RECORDS_MAX = 500
_BYTES_MAX = 5_000_000
# Up to 50, 100, 200, 400 ms: a shard's limits are by the second, and somebody waits for the answer.
_POLICY = RetryPolicy(base_s=0.05, delay_s_max=1, attempts_max=5)


class StreamFull(Unavailable):
    """The stream takes no more at the moment. Send the same again in a while."""

    code = "stream_full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A record to be put. `hash_key` (0 to 2^128 - 1) decides on the shard."""

    partition_key: str
    hash_key: int
    data: bytes = field(repr=False)


def put(
    stream: Stream,
    records: Sequence[Outgoing],
    *,
    sleep: Callable[[float], None] = time.sleep,
    jitter: Callable[[float, float], float] = random.uniform,
) -> None:
    """Returns when all records are durably in the stream.

    Raises `Unavailable`, `StreamFull` among them: then some are in, and some are not.
    """
    for left in _calls(records):
        attempt = 0
        while left := _refused(stream, left):
            attempt += 1
            decision = _POLICY.decide(Unavailable(retry_after_s=0), attempt=attempt, jitter=jitter)
            if isinstance(decision, GiveUp):
                raise StreamFull
            sleep(decision.seconds)


def _calls(records: Sequence[Outgoing]) -> Iterator[list[Outgoing]]:
    """As many in one call as it may have."""
    group: list[Outgoing] = []
    size = 0
    for record in records:
        if group and (len(group) == _RECORDS_MAX or size + len(record.data) > _BYTES_MAX):
            yield group
            group, size = [], 0
        group.append(record)
        size += len(record.data) + len(record.partition_key)
    if group:
        yield group


def _refused(stream: Stream, records: list[Outgoing]) -> list[Outgoing]:
    """Puts records; those that Kinesis did not take. They say so one by one."""
    answer = call_kinesis(
        "PutRecords", StreamName=stream.physical_name, Records=[_wire(each) for each in records]
    )
    outcomes = list(zip(records, answer["Records"], strict=True))
    refused = [record for record, outcome in outcomes if "ErrorCode" in outcome]
    for record, outcome in outcomes:
        if "ErrorCode" not in outcome:
            labels = ShardLabels(stream.name, outcome["ShardId"])
            KINESIS_RECORDS.add(labels)
            KINESIS_BYTES.add(labels, len(record.data) + len(record.partition_key))
    if refused:
        KINESIS_REFUSED.add(StreamLabels(stream.name), len(refused))
    return refused


def _wire(record: Outgoing) -> dict[str, Any]:
    return {
        "PartitionKey": record.partition_key,
        "ExplicitHashKey": str(record.hash_key),
        "Data": b64encode(record.data).decode("ascii"),
    }
