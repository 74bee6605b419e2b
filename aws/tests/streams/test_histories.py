"""Processes come, go, are killed and stand still; shards split, merge and grow old; calls fail.

Whatever the history: every record reaches every handler, each shard's in order, and no checkpoint
is ever ahead of what is durable, or goes back.
"""

from collections import defaultdict
from contextlib import ExitStack
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from aws.dynamodb import ConditionBase, Item, Update
from aws.streams import STREAM_LEASES
from aws.streams.leases import LeaseItems, leases_from_item
from aws.tests.memory import MemoryEngine, in_memory
from aws.tests.streams.world import LEASE_S, World, a_world

KEYS = 4


class Observer(LeaseItems):
    """Looks at every checkpoint that is written: whose effects it claims, and what was before."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.reached: defaultdict[tuple[str, str], str] = defaultdict(str)

    def update(
        self, pk: str, sk: str | None, update: Update, *, condition: ConditionBase | None = None
    ) -> Item:
        item = super().update(pk, sk, update, condition=condition)
        kind, _, shard = str(sk).partition("#")
        for handler, lease in leases_from_item(item) if kind == "shard" else ():
            if lease.position is not None and lease.position.sequence is not None:
                self.check(shard, handler, lease.position.sequence)
        return item

    def check(self, shard: str, handler: str, sequence: str) -> None:
        places = self.world.stream.where.items()
        claimed = {each for each, where in places if where == shard and each <= sequence}
        ahead = claimed - self.world.done(handler)
        assert not ahead, f"{handler} has checkpointed {ahead} of {shard} without effects"
        before = self.reached[shard, handler]
        assert before <= sequence, f"a checkpoint went back from {before} to {sequence}"
        self.reached[shard, handler] = sequence


class Histories(RuleBasedStateMachine):
    """Nothing is trimmed: then no record may be missed, whatever else happens."""

    def engine(self) -> Any:
        return in_memory(MemoryEngine([STREAM_LEASES]))

    @initialize(seed=st.integers(0, 10**6), shards=st.integers(1, 3))
    def begin(self, seed: int, shards: int) -> None:
        self.until_the_end = ExitStack()
        self.until_the_end.enter_context(self.engine())
        self.world = a_world(keys=KEYS, shards=shards, seed=seed)
        self.world.items = Observer(self.world)
        self.world.start_process()

    def a_process(self, number: int) -> str | None:
        living = sorted(self.world.processes)
        return living[number % len(living)] if living else None

    @rule(key=st.integers(0, KEYS - 1), count=st.integers(1, 5))
    def something_is_written(self, key: int, count: int) -> None:
        for _ in range(count):
            self.world.stream.write(key)

    @rule()
    def a_shard_splits(self) -> None:
        self.world.stream.split()

    @rule()
    def shards_merge(self) -> None:
        self.world.stream.merge()

    @precondition(lambda self: len(self.world.processes) < 3)
    @rule()
    def a_process_starts(self) -> None:
        self.world.start_process()

    @rule(number=st.integers(0, 2))
    def a_process_is_killed(self, number: int) -> None:
        if name := self.a_process(number):
            self.world.kill(name)

    @rule(number=st.integers(0, 2))
    def a_process_stops(self, number: int) -> None:
        if name := self.a_process(number):
            self.world.stop(name)

    @rule(number=st.integers(0, 2))
    def a_process_ticks(self, number: int) -> None:
        if name := self.a_process(number):
            self.world.tick(name)

    @rule(number=st.integers(0, 2), times=st.integers(1, 4))
    def lanes_do_something(self, number: int, times: int) -> None:
        if name := self.a_process(number):
            self.world.step(name, times)

    @rule(number=st.integers(0, 2))
    def a_process_stands_still(self, number: int) -> None:
        """The others go on, and take over what it had."""
        self.world.run(2 * LEASE_S, without=self.a_process(number), step_s=3)

    @rule(seconds=st.sampled_from([LEASE_S / 2, 2 * LEASE_S]))
    def the_next_batch_stands_still(self, seconds: float) -> None:
        """In the middle of a batch, before it is said to be durable."""
        self.world.pause_s = seconds

    @rule(percent=st.sampled_from([0, 10, 40]))
    def calls_fail(self, percent: int) -> None:
        self.world.stream.faults = percent

    @rule(number=st.integers(0, 30))
    def a_record_turns_out_to_be_poison(self, number: int) -> None:
        if number < len(self.world.stream.where):
            self.world.poison.add(sorted(self.world.stream.where)[-1 - number])

    @rule(seconds=st.sampled_from([0.1, 2.0, 10.0, 1000.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.clock.forward(seconds)

    @rule()
    def all_work(self) -> None:
        self.world.run(5)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            with self.until_the_end:
                self.all_is_well_in_the_end()

    def all_is_well_in_the_end(self) -> None:
        world = self.world
        world.stream.faults, world.pause_s = 0, 0
        world.start_process()
        world.run_until(lambda: not self.missed(), seconds_max=120)
        assert not self.missed()
        for handler in ("prompt", "buffering"):
            self.was_in_order(handler)

    def missed(self) -> set[tuple[str, str]]:
        """The records that a handler has not seen."""
        return {
            (handler, each)
            for handler in ("prompt", "buffering")
            for each in set(self.world.stream.where) - self.world.done(handler)
        }

    def was_in_order(self, handler: str) -> None:
        """Of each item: no version came for the first time before an older one had come."""
        seen: defaultdict[str, list[int]] = defaultdict(list)
        for change in self.world.effects[handler]:
            assert change.new is not None
            versions = seen[change.key["pk"]]
            if change.new["v"] not in versions:
                versions.append(change.new["v"])
        for versions in seen.values():
            assert versions == sorted(versions)


class HistoriesOnTheEngine(Histories):
    """The same on a real table of leases; fewer, since it takes longer."""

    def engine(self) -> Any:
        return ExitStack()


COMMON = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestHistories = Histories.TestCase
TestHistories.settings = COMMON
TestHistoriesOnTheEngine = HistoriesOnTheEngine.TestCase
TestHistoriesOnTheEngine.settings = settings(COMMON, max_examples=5)
