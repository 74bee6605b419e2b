"""What handlers share of a shard, and what they may not."""

import pytest

from aws.streams.reader import ShardReader
from aws.streams.shards import From
from aws.streams.source import Trimmed
from aws.tests.streams.simulated import FakeClock, SimulatedStream

DAYS_S = 3 * 24 * 3600


@pytest.fixture
def stream() -> SimulatedStream:
    return SimulatedStream(FakeClock(), keys=1, seed=1)


@pytest.fixture
def reader(stream: SimulatedStream) -> ShardReader:
    (shard,) = stream.list().shards.values()
    return ShardReader(stream, shard, clock=stream.clock)


class TestAPlace:
    def test_is_read_once_for_all(self, stream: SimulatedStream, reader: ShardReader) -> None:
        stream.write(0)
        one = reader.read(From.HORIZON, stream.clock())
        assert len(one.records) == 1
        assert reader.read(From.HORIZON, stream.clock()) is one
        assert stream.reads == 1

    def test_is_read_anew_once_what_came_after_it_is_trimmed(
        self, stream: SimulatedStream, reader: ShardReader
    ) -> None:
        """Else whoever goes on at the horizon is given the same old records, for ever."""
        stream.write(0)
        old = reader.read(From.HORIZON, stream.clock())
        stream.clock.forward(DAYS_S)
        stream.trim()
        stream.write(0)
        assert not reader.read(old.then, stream.clock()).records  # its iterator has expired
        with pytest.raises(Trimmed):
            reader.read(old.then, stream.clock())
        (newer,) = reader.read(From.HORIZON, stream.clock()).records
        assert newer.sequence not in {each.sequence for each in old.records}
