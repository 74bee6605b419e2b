"""A stream as AWS documents it, in memory and on a clock of our own: shards that split, merge, are
trimmed and vanish, iterators that expire, pages that are empty, calls that fail."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aws.streams.records import Change, Kind
from aws.streams.shards import After, From, Listing, Shard, Where, segment_index
from aws.streams.source import IteratorExpired, Pace, Page, Trimmed
from kernel.errors import Unavailable

KEPT = timedelta(hours=24)
ITERATOR_LIVES = timedelta(minutes=15)


class FakeClock:
    """Stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = datetime(2099, 11, 23, 9, tzinfo=UTC)  # no engine deletes its items yet

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class SimulatedShard:
    """`trimmed`: how many records it no longer has. A closed one takes no more.

    `first_sequence`: where it started, as AWS says for ever; None: it is only known by its records.
    """

    id: str
    parents: tuple[str, ...]
    keys: frozenset[int]
    first_sequence: str | None
    records: list[Change] = field(default_factory=list)
    trimmed: int = 0
    closed_at: datetime | None = None


class SimulatedStream:
    """A table with its stream, as a source. `faults`: how many of a hundred calls go wrong."""

    retention = timedelta(hours=23)
    pace = Pace(quick_s=0.01, slow_s=0.05)

    def __init__(
        self,
        clock: FakeClock,
        *,
        keys: int = 4,
        shards: int = 1,
        seed: int = 0,
        says_where_shards_start: bool = True,
    ) -> None:
        self.name = "table/simulated"
        self.clock, self.faults, self.page_max = clock, 0, 3
        self.random = random.Random(seed)  # noqa: S311 - reproducible on purpose
        self.shards: dict[str, SimulatedShard] = {}
        self.table: dict[int, int] = {}  # key: version
        self.where: dict[str, str] = {}  # sequence: shard
        self.identity, self.reads = "stream-1", 0
        self.says_where_shards_start = says_where_shards_start
        self.sweep: SimulatedSweep | None = SimulatedSweep(self)
        self._numbers = iter(range(10**6, 10**9))
        for index in range(shards):
            self._new_shard((), frozenset(range(index, keys, shards)))

    # --- what happens to it ---

    def write(self, key: int) -> None:
        """One more version of an item."""
        shard = next(each for each in self._open_ones() if key in each.keys)
        old = self.table.get(key)
        version = self.table[key] = (old or 0) + 1
        change = Change(
            table="simulated",
            key={"pk": str(key)},
            kind=Kind.MODIFIED if old else Kind.INSERTED,
            old={"v": old} if old else None,
            new={"v": version},
            sequence=self._number(),
            at=self.clock().replace(microsecond=0),
        )
        shard.records.append(change)
        self.where[change.sequence] = shard.id

    def split(self) -> None:
        """Some open shard gives way to two; one with a single key to one."""
        parent = self.random.choice(self._open_ones())
        keys = sorted(parent.keys)
        half = len(keys) // 2
        self._close(parent)
        for part in (keys[:half], keys[half:]):
            if part:
                self._new_shard((parent.id,), frozenset(part))

    def merge(self) -> None:
        """Two open shards give way to one."""
        if len(self._open_ones()) < 2:
            return
        pair = self.random.sample(self._open_ones(), 2)
        for each in pair:
            self._close(each)
        self._new_shard((pair[0].id, pair[1].id), pair[0].keys | pair[1].keys)

    def trim(self) -> None:
        """What is older than 24 hours goes; closed shards go with it."""
        limit = self.clock() - KEPT
        for shard in list(self.shards.values()):
            while shard.records and shard.records[0].at < limit:
                shard.records.pop(0)
                shard.trimmed += 1
            if shard.closed_at is not None and shard.closed_at < limit:
                del self.shards[shard.id]

    def forget_records(self) -> None:
        """A restarted engine: the shard and its name are as before, its records are gone."""
        for shard in self.shards.values():
            shard.records, shard.trimmed = [], 0

    # --- what is asked of it ---

    def list(self) -> Listing:
        self._maybe_fail()
        listed = [
            Shard(id=each.id, parents=each.parents, first_sequence=self._first_of(each))
            for each in self.shards.values()
        ]
        return Listing(stream=self.identity, shards={each.id: each for each in listed})

    def open(self, shard: Shard, where: Where, at: datetime) -> str:
        self._maybe_fail()
        found = self._shard(shard.id)
        if not isinstance(where, After) and self.clock() - at >= self.retention:
            raise Trimmed("began too long ago")
        return self._iterator(found, self._index(found, shard, where))

    def _index(self, found: SimulatedShard, shard: Shard, where: Where) -> int:
        if isinstance(where, After):
            for index, record in enumerate(found.records):
                if record.sequence == where.sequence:
                    return found.trimmed + index + 1
            raise Trimmed(where.sequence)
        if where is From.START and shard.first_sequence and found.trimmed:
            raise Trimmed(shard.first_sequence)
        return found.trimmed

    def read(self, shard: Shard, iterator: str) -> Page:
        self._maybe_fail()
        self.reads += 1
        shard_id, index_text, made_at = iterator.split("|")
        found, index = self._shard(shard_id), int(index_text)
        if self.clock() - datetime.fromisoformat(made_at) > ITERATOR_LIVES:
            raise IteratorExpired
        if index < found.trimmed:
            raise Trimmed("the iterator's record is gone")
        most = 0 if self._happens() else self.random.randint(1, self.page_max)
        records = found.records[index - found.trimmed :][:most]
        end = index + len(records)
        has_all = end >= found.trimmed + len(found.records)
        closed = found.closed_at is not None and has_all
        again = None if closed else self._iterator(found, end)
        return Page(tuple(records), again, at_tip=not records and has_all)

    # --- how it does that ---

    def _shard(self, shard_id: str) -> SimulatedShard:
        if shard_id not in self.shards:
            raise Trimmed(f"no shard {shard_id}")
        return self.shards[shard_id]

    def _first_of(self, shard: SimulatedShard) -> str | None:
        if shard.first_sequence is not None:
            return shard.first_sequence
        return shard.records[0].sequence if shard.records else None

    def _iterator(self, shard: SimulatedShard, index: int) -> str:
        return f"{shard.id}|{index}|{self.clock().isoformat()}"

    def _open_ones(self) -> Sequence[SimulatedShard]:
        return [each for each in self.shards.values() if each.closed_at is None]

    def _close(self, shard: SimulatedShard) -> None:
        shard.closed_at = self.clock()

    def _new_shard(self, parents: tuple[str, ...], keys: frozenset[int]) -> None:
        first = self._number()
        shard_id = f"shard{first}"
        told = first if self.says_where_shards_start else None
        self.shards[shard_id] = SimulatedShard(shard_id, parents, keys, told)

    def _number(self) -> str:
        return str(next(self._numbers))

    def _happens(self) -> bool:
        return self.random.randrange(100) < self.faults

    def _maybe_fail(self) -> None:
        if self._happens():
            raise Unavailable("throttled", retry_after_s=0)


class SimulatedSweep:
    """Scans the table, two items a page, by key."""

    pace = Pace(quick_s=0.0, slow_s=0.05)

    def __init__(self, stream: SimulatedStream) -> None:
        self.stream = stream
        self.sweeps = 0

    def segments(self) -> int:
        self.sweeps += 1
        return 2

    def open(self, shard: Shard, where: Where, at: datetime) -> str:
        return where.sequence.partition("#")[2] if isinstance(where, After) else "-1"

    def read(self, shard: Shard, iterator: str) -> Page:
        index, total = segment_index(shard)
        keys = [k for k in sorted(self.stream.table) if k % total == index and k > int(iterator)]
        records = tuple(self._swept(key) for key in keys[:2])
        return Page(records, str(keys[1]) if len(keys) > 2 else None, at_tip=False)

    def _swept(self, key: int) -> Change:
        return Change(
            table="simulated",
            key={"pk": str(key)},
            kind=Kind.INSERTED,
            old=None,
            new={"v": self.stream.table[key]},
            sequence=f"swept#{key}",
            at=self.stream.clock(),
            swept=True,
        )
