"""DynamoDB Streams and the sweep, on the engine."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from aws.dynamodb import Repository, Update
from aws.provisioning.tables import ensure
from aws.streams.records import Change, Kind
from aws.streams.shards import After, Beginning, From, Shard
from aws.streams.source import Trimmed
from aws.streams.table_stream import TableStream
from aws.tests.streams.declared import ScratchTable
from aws.tests.streams.simulated import FakeClock
from kernel.clock import utc_now
from kernel.errors import Missing
from kernel.ids import random_id


@pytest.fixture
def items() -> Repository:
    """A table of the test's own, with a stream that nobody else writes to."""
    return _items(stream=True)


def _items(*, stream: bool) -> Repository:
    name = random_id("try").replace("_", "-")
    table = ScratchTable(name=name, purpose="A try.", stream=stream)
    ensure(table, frozenset())
    repository = Repository()
    repository.table = table  # type: ignore[misc]
    return repository


def _only_shard(stream: TableStream) -> Shard:
    (shard,) = stream.list().shards.values()
    return shard


def _changes(stream: TableStream, where: From | After = From.HORIZON) -> list[Change]:
    shard = _only_shard(stream)
    return [each for each in stream.read(shard, stream.open(shard, where, utc_now())).records
            if isinstance(each, Change)]  # fmt: skip


class TestChanges:
    def test_are_told_with_both_items_in_native_values(self, items: Repository) -> None:
        first = {"pk": "a", "sk": "1", "n": 7, "b": b"\0\1", "s": frozenset({"x"}), "l": [1, None]}
        items.put(first)
        items.update("a", "1", Update(set={"n": 8}))
        items.delete("a", "1")
        inserted, modified, removed = _changes(TableStream(items.table))
        assert (inserted.kind, inserted.old, inserted.new) == (Kind.INSERTED, None, first)
        assert (modified.kind, modified.old) == (Kind.MODIFIED, first)
        assert modified.new == {**first, "n": 8}
        assert (removed.kind, removed.old, removed.new) == (Kind.REMOVED, modified.new, None)
        for change in (inserted, modified, removed):
            assert change.key == {"pk": "a", "sk": "1"}
            assert change.table == items.table.name
            assert not change.swept
            assert abs(utc_now() - change.at) < timedelta(seconds=30)

    def test_hold_nothing_of_the_item_in_their_repr(self, items: Repository) -> None:
        items.put({"pk": "a", "sk": "1", "z": b"sealed", "name": "Alice"})
        (change,) = _changes(TableStream(items.table))
        assert "Alice" not in repr(change)


class TestOpening:
    def test_goes_on_after_a_record(self, items: Repository) -> None:
        stream = TableStream(items.table)
        for number in range(3):
            items.put({"pk": "a", "sk": str(number)})
        first, *others = _changes(stream)
        assert _changes(stream, After(first.sequence)) == others
        assert _changes(stream, From.START) == [first, *others]

    def test_shows_the_tip(self, items: Repository) -> None:
        stream = TableStream(items.table)
        shard = _only_shard(stream)
        page = stream.read(shard, stream.open(shard, From.HORIZON, utc_now()))
        assert (page.records, page.at_tip) == ((), True)
        assert page.iterator is not None

    @pytest.mark.parametrize("where", [After("1" * 30), From.START])
    def test_tells_what_the_stream_no_longer_has(
        self, items: Repository, where: From | After
    ) -> None:
        items.put({"pk": "a", "sk": "1"})
        stream = TableStream(items.table)
        gone = Shard(id=_only_shard(stream).id, first_sequence="1" * 30)
        with pytest.raises(Trimmed):
            stream.open(gone, where, utc_now())

    def test_tells_a_shard_that_is_gone(self, items: Repository) -> None:
        stream = TableStream(items.table)
        stream.list()
        with pytest.raises(Trimmed):
            stream.open(Shard(id="shardId-00000001"), From.HORIZON, utc_now())

    @pytest.mark.parametrize("where", [From.START, From.HORIZON])
    def test_trusts_no_beginning_that_is_older_than_the_stream_keeps(
        self, items: Repository, where: From
    ) -> None:
        clock = FakeClock()
        stream = TableStream(items.table, clock=clock)
        shard = _only_shard(stream)
        stream.open(shard, where, clock() - timedelta(hours=22))
        with pytest.raises(Trimmed):
            stream.open(shard, where, clock() - timedelta(hours=23))


class TestListing:
    def test_tells_a_stream_from_the_one_before(self, items: Repository) -> None:
        stream = TableStream(items.table)
        before = stream.list()
        assert before == stream.list()
        assert items.table.physical_name in before.stream

    def test_says_where_the_shard_starts_once_it_has_a_record(self, items: Repository) -> None:
        stream = TableStream(items.table)
        assert _only_shard(stream).first_sequence is None
        items.put({"pk": "a", "sk": "1"})
        (change,) = _changes(stream)
        assert _only_shard(stream).first_sequence == change.sequence

    def test_of_a_table_without_a_stream_says_what_to_do(self) -> None:
        with pytest.raises(Missing, match=r"has no stream; run `manage\.py provision`"):
            TableStream(_items(stream=False).table).list()


class TestSweep:
    @pytest.fixture
    def segments(self) -> Iterator[Shard]:
        beginning = Beginning(
            number=1, at=datetime.now(UTC), by="try", stream="arn", shards={}, segments=3
        )
        return beginning.sweep()

    def test_reads_every_item_once(self, items: Repository, segments: Iterator[Shard]) -> None:
        items.batch_write(puts=[{"pk": f"p{n % 9}", "sk": str(n), "v": n} for n in range(200)])
        sweep = TableStream(items.table).sweep
        swept = []
        for segment in segments:
            page = sweep.read(segment, sweep.open(segment, From.START, utc_now()))
            assert page.iterator is None
            swept += [each for each in page.records if isinstance(each, Change)]
        assert sorted(each.new["v"] for each in swept if each.new) == list(range(200))
        assert all(each.swept and each.old is None and each.kind == Kind.INSERTED for each in swept)
        assert swept[0].key == {name: (swept[0].new or {})[name] for name in ("pk", "sk")}

    def test_goes_on_after_an_item(self, items: Repository, segments: Iterator[Shard]) -> None:
        items.batch_write(puts=[{"pk": f"p{n % 9}", "sk": str(n)} for n in range(60)])
        sweep = TableStream(items.table).sweep
        segment = next(segments)
        records = sweep.read(segment, sweep.open(segment, From.START, utc_now())).records
        after = sweep.open(segment, After(records[4].sequence), utc_now())
        again = sweep.read(segment, after).records
        assert [each.sequence for each in again] == [each.sequence for each in records[5:]]

    def test_of_a_small_table_is_one_segment(self, items: Repository) -> None:
        assert TableStream(items.table).sweep.segments() == 1
