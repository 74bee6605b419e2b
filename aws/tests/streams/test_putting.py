"""Putting records: all of them, or the caller is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from aws import sessions
from aws.resources import Stream
from aws.streams.putting import Outgoing, StreamFull, put


class UndeclaredStream(Stream):
    """A stream of these tests alone: `provision` and `infra/` know nothing of it."""


STREAM = UndeclaredStream(name="put-here", purpose="Takes what these tests put.")


class FullKinesis:
    """Kinesis with shards that take so many records a call, and refuse the rest one by one."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.taken: list[str] = []
        self.calls: list[int] = []

    def send(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        assert operation == "PutRecords"
        outcomes: list[dict[str, str]] = []
        for index, record in enumerate(parameters["Records"]):
            if index < self.room:
                self.taken.append(record["PartitionKey"])
                outcomes.append({"SequenceNumber": "1", "ShardId": "shard"})
            else:
                outcomes.append({"ErrorCode": "ProvisionedThroughputExceededException"})
        self.calls.append(len(outcomes))
        return {
            "FailedRecordCount": sum("ErrorCode" in each for each in outcomes),
            "Records": outcomes,
        }


@contextmanager
def _sent_to(kinesis: FullKinesis) -> Iterator[None]:
    sessions.reset_clients()
    sessions.shared("kinesis-data", lambda: kinesis)
    try:
        yield
    finally:
        sessions.reset_clients()


def _records(count: int, size: int = 10) -> list[Outgoing]:
    return [
        Outgoing(partition_key=str(each), hash_key=each, data=b"x" * size) for each in range(count)
    ]


class TestPut:
    def test_puts_what_was_refused_again_until_all_are_in(self) -> None:
        kinesis, waited = FullKinesis(room=4), list[float]()
        with _sent_to(kinesis):
            put(STREAM, _records(10), sleep=waited.append, jitter=lambda _low, high: high)
        assert sorted(map(int, kinesis.taken)) == list(range(10))
        assert waited == [0.05, 0.1]

    def test_says_so_when_the_stream_stays_full(self) -> None:
        with _sent_to(FullKinesis(room=0)), pytest.raises(StreamFull) as full:
            put(STREAM, _records(3), sleep=lambda _seconds: None)
        assert full.value.retry_after_s > 0

    def test_keeps_to_the_limits_of_a_call(self) -> None:
        kinesis = FullKinesis(room=500)
        with _sent_to(kinesis):
            put(STREAM, _records(1100))
            put(STREAM, _records(12, size=900_000))
        assert kinesis.calls == [500, 500, 100, 5, 5, 2]
