"""Streams that lose what was still to be read: because it grew old, or because an engine was
restarted. In the end every handler has seen the last version of every item."""

from contextlib import ExitStack

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from aws.streams import STREAM_LEASES
from aws.tests.memory import MemoryEngine, in_memory
from aws.tests.streams.world import World, a_world

KEYS = 5
HOUR_S = 3600


class Losses(RuleBasedStateMachine):
    """What both kinds have in common."""

    def begin_with(self, world: World) -> None:
        self.until_the_end = ExitStack()
        self.until_the_end.enter_context(in_memory(MemoryEngine([STREAM_LEASES])))
        self.world = world
        world.start_process()
        world.run(2)

    def a_process(self, number: int) -> str | None:
        living = sorted(self.world.processes)
        return living[number % len(living)] if living else None

    @rule(key=st.integers(0, KEYS - 1), count=st.integers(1, 4))
    def something_is_written(self, key: int, count: int) -> None:
        for _ in range(count):
            self.world.stream.write(key)

    @rule()
    def a_process_starts(self) -> None:
        if len(self.world.processes) < 2:
            self.world.start_process()

    @rule(number=st.integers(0, 1), gently=st.booleans())
    def a_process_ends(self, number: int, gently: bool) -> None:
        if name := self.a_process(number):
            self.world.stop(name) if gently else self.world.kill(name)

    @rule(seconds=st.sampled_from([1, 5, 60]))
    def all_work(self, seconds: int) -> None:
        self.world.run(seconds, step_s=1)

    @rule(number=st.integers(0, 1), times=st.integers(1, 6))
    def one_works(self, number: int, times: int) -> None:
        """A few things only: it may end in the middle of a sweep."""
        for _ in range(times):
            if name := self.a_process(number):
                self.world.clock.forward(0.5)
                self.world.tick(name)
                self.world.step(name)

    @rule(percent=st.sampled_from([0, 20]))
    def calls_fail(self, percent: int) -> None:
        self.world.stream.faults = percent

    def teardown(self) -> None:
        if hasattr(self, "world"):
            with self.until_the_end:
                self.all_is_well_in_the_end()

    def all_is_well_in_the_end(self) -> None:
        self.world.stream.faults = 0
        self.world.start_process()
        self.world.run_until(lambda: not self.missed(), seconds_max=200)
        assert not self.missed()

    def missed(self) -> set[tuple[str, str, int]]:
        """The last versions that a handler has not seen."""
        last = {(str(key), version) for key, version in self.world.stream.table.items()}
        return {
            (handler, *each)
            for handler in ("prompt", "buffering")
            for each in last - self.versions_seen(handler)
        }

    def versions_seen(self, handler: str) -> set[tuple[str, int]]:
        changes = self.world.effects[handler]
        return {(change.key["pk"], (change.new or {})["v"]) for change in changes}


class GrowingOld(Losses):
    """As on AWS: records go after a day, and closed shards with them."""

    @initialize(seed=st.integers(0, 10**6), shards=st.integers(1, 2))
    def begin(self, seed: int, shards: int) -> None:
        self.begin_with(a_world(keys=KEYS, shards=shards, seed=seed))

    @rule()
    def a_shard_splits(self) -> None:
        self.world.stream.split()

    @rule()
    def shards_merge(self) -> None:
        self.world.stream.merge()

    @rule(hours=st.sampled_from([1, 5, 23, 26, 60]))
    def hours_pass(self, hours: int) -> None:
        self.world.clock.forward(hours * HOUR_S)
        self.world.stream.trim()


class Restarts(Losses):
    """As in the embedded place: the engine keeps the table and the shard's name, no records."""

    @initialize(seed=st.integers(0, 10**6))
    def begin(self, seed: int) -> None:
        self.begin_with(a_world(keys=KEYS, seed=seed, says_where_shards_start=False))

    @rule(gently=st.booleans(), written=st.integers(0, 3), minutes=st.sampled_from([0, 30, 3000]))
    def the_engine_is_restarted(self, gently: bool, written: int, minutes: int) -> None:
        """After the consumers, and something may have been written between the two."""
        for name in list(self.world.processes):
            self.world.stop(name) if gently else self.world.kill(name)
        for key in range(written):
            self.world.stream.write(key)
        self.world.clock.forward(minutes * 60)
        self.world.stream.forget_records()


COMMON = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestGrowingOld = GrowingOld.TestCase
TestGrowingOld.settings = COMMON
TestRestarts = Restarts.TestCase
TestRestarts.settings = COMMON
