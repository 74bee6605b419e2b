"""Kinesis, on the engine; what the engine cannot do stands in test_wire.py."""

from datetime import timedelta

import pytest

from aws.provisioning import streams
from aws.resources import Stream
from aws.sessions import client
from aws.streams.kinesis_stream import KinesisStream
from aws.streams.records import Record
from aws.streams.shards import After, From, Shard
from aws.streams.source import Trimmed
from aws.tests.streams.declared import ScratchStream
from aws.tests.streams.simulated import FakeClock
from kernel.clock import utc_now
from kernel.ids import random_id


@pytest.fixture
def declared() -> Stream:
    name = random_id("try").replace("_", "-")
    stream = ScratchStream(name=name, purpose="A try.", shards=2, retention_hours=48)
    assert streams.ensure(stream) == [f"stream {stream.physical_name}"]
    return stream


def _put(stream: Stream, *bodies: bytes, shard: int = 0) -> None:
    key = str(shard << 127)
    for body in bodies:
        client("kinesis").put_record(
            StreamName=stream.physical_name, PartitionKey="p1", Data=body, ExplicitHashKey=key
        )


def _records(source: KinesisStream, shard: Shard, where: From | After) -> list[Record]:
    page = source.read(shard, source.open(shard, where, utc_now()))
    return [each for each in page.records if isinstance(each, Record)]


class TestProvision:
    def test_creates_as_declared_and_leaves_alone_the_second_time(self, declared: Stream) -> None:
        assert streams.ensure(declared) == []
        answer = client("kinesis").describe_stream_summary(StreamName=declared.physical_name)
        found = answer["StreamDescriptionSummary"]
        assert (found["OpenShardCount"], found["RetentionPeriodHours"]) == (2, 48)
        assert found["EncryptionType"] == "KMS"

    def test_lets_aws_count_the_shards_where_none_are_declared(self) -> None:
        name = random_id("try").replace("_", "-")
        stream = ScratchStream(name=name, purpose="A try.")
        streams.ensure(stream)
        answer = client("kinesis").describe_stream_summary(StreamName=stream.physical_name)
        mode = answer["StreamDescriptionSummary"]["StreamModeDetails"]["StreamMode"]
        assert mode == "ON_DEMAND"


class TestReading:
    def test_brings_the_bytes_in_the_shards_order(self, declared: Stream) -> None:
        source = KinesisStream(declared)
        first, second = sorted(source.list().shards.values(), key=lambda each: each.id)
        _put(declared, b"\0one", b"two", b"three")
        _put(declared, b"elsewhere", shard=1)
        one, *others = _records(source, first, From.START)
        assert [one.data, *(each.data for each in others)] == [b"\0one", b"two", b"three"]
        assert (one.stream, one.partition_key) == (declared.name, "p1")
        assert abs(utc_now() - one.at) < timedelta(seconds=30)
        assert _records(source, first, After(one.sequence)) == others
        assert [each.data for each in _records(source, second, From.HORIZON)] == [b"elsewhere"]

    def test_shows_the_tip(self, declared: Stream) -> None:
        source = KinesisStream(declared)
        shard = next(iter(source.list().shards.values()))
        page = source.read(shard, source.open(shard, From.HORIZON, utc_now()))
        assert (page.records, page.at_tip) == ((), True)

    def test_trusts_nothing_older_than_the_stream_keeps(self, declared: Stream) -> None:
        """Kinesis passes over what it has trimmed in silence."""
        clock = FakeClock()
        source = KinesisStream(declared, clock=clock)
        shard = next(iter(source.list().shards.values()))
        for where in (From.START, From.HORIZON, After(shard.first_sequence or "")):
            source.open(shard, where, clock() - timedelta(hours=46))
            with pytest.raises(Trimmed):
                source.open(shard, where, clock() - timedelta(hours=47))

    def test_tells_a_stream_from_one_that_is_gone(self, declared: Stream) -> None:
        source = KinesisStream(declared)
        before = source.list().stream
        assert before == source.list().stream
        client("kinesis").delete_stream(StreamName=declared.physical_name)
        with pytest.raises(Trimmed):
            source.list()
