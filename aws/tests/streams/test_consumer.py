"""The loop against a simulated stream, told as stories. `test_histories.py` tries every history."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from aws.metrics.names import STREAM_GAPS, STREAM_STOPPED, STREAM_TAKEOVERS, HandlerLabels
from aws.streams import STREAM_LEASES, Change, Handler, PoisonRecord, Progress
from aws.streams.handlers import AnyHandler
from aws.streams.leases import HandlerState, Ledger
from aws.streams.reader import CHUNKS_MAX
from aws.streams.shards import Position
from aws.tests.memory import MemoryEngine, in_memory
from aws.tests.streams.world import LEASE_S, SOURCE, World, a_world, buffering, prompt
from kernel.errors import Unavailable


@pytest.fixture(autouse=True)
def _memory() -> Iterator[None]:
    with in_memory(MemoryEngine([STREAM_LEASES])):
        yield


def _written(world: World, count: int, key: int = 1) -> list[str]:
    before = set(world.stream.where)
    for _ in range(count):
        world.stream.write(key)
    return [each for each in world.stream.where if each not in before]


def _sequences(world: World, handler: str) -> list[str]:
    return [each.sequence for each in world.effects[handler]]


def _owned(world: World, handler: str = "prompt") -> dict[str, int]:
    return {
        name: sum(each.handler == handler for each in consumer.lanes)
        for name, consumer in world.processes.items()
    }


def _ledger(world: World) -> Ledger:
    return next(iter(world.processes.values()))._leases.load(world.clock())


def _state(world: World, handler: str) -> HandlerState:
    return _ledger(world).handlers[handler]


def _position(world: World, handler: str) -> Position | None:
    """What is noted of a handler that has read one shard."""
    ((_key, lease),) = [each for each in _ledger(world).leases.items() if each[0][1] == handler]
    return lease.position


class TestAProcess:
    def test_gives_every_record_to_every_handler_in_order(self) -> None:
        world = a_world()
        world.start_process()
        written = _written(world, 10)
        world.run(10)
        for handler in ("prompt", "buffering"):
            assert _sequences(world, handler) == written

    def test_begins_at_the_oldest_record_that_there_is(self) -> None:
        world = a_world()
        written = _written(world, 5)
        world.start_process()
        world.run(5)
        assert _sequences(world, "prompt") == written

    def test_that_stops_hands_over_at_once_and_nothing_comes_twice(self) -> None:
        world = a_world()
        first = world.start_process()
        written = _written(world, 5)
        world.run(5)
        world.stop(first)
        written += _written(world, 5)
        world.start_process()
        world.run(2)
        assert _sequences(world, "prompt") == written

    def test_that_is_killed_is_taken_over_after_its_lease(self) -> None:
        world = a_world()
        killed = world.start_process()
        world.run(5)
        world.kill(killed)
        written = _written(world, 5)
        before = STREAM_TAKEOVERS.value(HandlerLabels("prompt"))
        world.start_process()
        world.run(LEASE_S / 2)
        assert _sequences(world, "prompt") == []
        world.run(LEASE_S)
        assert _sequences(world, "prompt") == written
        assert STREAM_TAKEOVERS.value(HandlerLabels("prompt")) == before + 1

    def test_reads_a_shard_once_for_all_its_handlers(self) -> None:
        world = a_world()
        world.handlers = [prompt(world, f"h{n}") for n in range(5)]
        world.stream.page_max = 1000
        _written(world, 50)
        world.start_process()
        world.run(1)
        reads = world.stream.reads
        _written(world, 50)
        world.run(1, step_s=0.1)
        assert all(len(world.effects[f"h{n}"]) == 100 for n in range(5))
        assert world.stream.reads - reads <= 2 + 10, "the records, and ten looks at the tip"


class TestProcesses:
    def test_share_the_shards_evenly(self) -> None:
        world = a_world(keys=6, shards=6)
        first = world.start_process()
        world.run(5)
        assert _owned(world) == {first: 6}
        second = world.start_process()
        world.run(20)
        assert _owned(world) == {first: 3, second: 3}
        third = world.start_process()
        world.run(20)
        assert _owned(world) == {first: 2, second: 2, third: 2}
        world.stop(second)
        world.run(20)
        assert _owned(world) == {first: 3, third: 3}

    def test_read_a_shard_for_all_handlers_in_the_same_process(self) -> None:
        world = a_world(keys=4, shards=4)
        for _ in range(2):
            world.start_process()
        world.run(30)
        for consumer in world.processes.values():
            by_handler = {
                name: {each.shard.id for each in consumer.lanes if each.handler == name}
                for name in ("prompt", "buffering")
            }
            assert by_handler["prompt"] == by_handler["buffering"]

    def test_may_run_different_handlers(self) -> None:
        world = a_world(keys=3, shards=3)
        both = world.handlers
        world.start_process([both[0]])
        world.start_process([both[1]])
        written = set(_written(world, 9))
        world.run(20)
        assert set(_sequences(world, "prompt")) == set(_sequences(world, "buffering")) == written


class TestAShard:
    def test_is_read_after_its_parents(self) -> None:
        world = a_world(keys=4, shards=1)
        world.start_process()
        for _ in range(3):
            _written(world, 3, key=1)
            world.stream.split()
        _written(world, 3, key=1)
        world.stream.merge()
        written = _written(world, 3, key=1)
        world.run(30)
        assert _sequences(world, "prompt") == sorted(world.stream.where)
        assert _sequences(world, "buffering") == sorted(world.stream.where)
        assert written

    def test_that_ended_has_a_handler_give_all_it_keeps(self) -> None:
        """So that those that were made of it are read without delay."""
        world = a_world(keys=4, shards=1)
        world.handlers.append(_hoarding(world))
        name = world.start_process()
        first = _written(world, 3, key=1)
        world.run(5)
        assert world.processes[name].is_idle, "all is given"
        assert _sequences(world, "hoarding") == [], "and kept"
        world.stream.split()
        _written(world, 3, key=1)
        world.run(10)
        assert _sequences(world, "hoarding") == first

    def test_is_held_up_for_one_handler_and_not_for_the_other(self) -> None:
        """One handler waits for something that is unavailable, for as long as it takes."""
        world = a_world()
        world.stream.page_max = 1
        gate = {"closed": True}

        class Waiting(Handler[Change]):
            name = "waiting"
            source = SOURCE

            def handle(self, batch: Sequence[Change]) -> Progress:
                if gate["closed"]:
                    raise Unavailable("the mail server is down", retry_after_s=1)
                world.effects["waiting"].extend(batch)
                return batch[-1].sequence

        world.handlers.append(Waiting)
        world.start_process()
        world.run(2)
        written = _written(world, 10 * CHUNKS_MAX)
        world.run(60)
        assert _sequences(world, "prompt") == written
        assert _sequences(world, "waiting") == []
        gate["closed"] = False
        world.run(180)
        assert _sequences(world, "waiting") == written


class TestAZombie:
    @pytest.mark.parametrize("kind", [prompt, buffering])
    def test_moves_no_checkpoint(self, kind: Callable[[World, str], AnyHandler]) -> None:
        """It stands still in the middle of a batch; another one takes over and goes on."""
        world = a_world()
        world.handlers = [kind(world, "zombie")]
        zombie = world.start_process()
        world.run(2)
        written = _written(world, 4)
        heir = world.start_process()
        world.run(1, without=zombie)
        world.pause_s = 2 * LEASE_S
        world.clock.forward(0.5)
        world.step(zombie)
        assert world.pause_s == 0, "it did stand still"
        assert _owned(world, "zombie")[heir] == 1
        reached = _position(world, "zombie")
        assert reached is not None
        assert reached.sequence == written[-1]
        world.step(zombie, 5)
        world.tick(zombie)
        assert _position(world, "zombie") == reached
        assert _owned(world, "zombie")[zombie] == 0

    def test_is_given_nothing_past_its_lease(self) -> None:
        world = a_world()
        zombie = world.start_process()
        world.run(2)
        world.clock.forward(LEASE_S)
        _written(world, 3)
        world.step(zombie, 5)
        assert _sequences(world, "prompt") == []


class TestPoison:
    def test_goes_to_the_dead_letters_and_reading_goes_on(self) -> None:
        world = a_world()
        world.start_process()
        world.run(2)
        written = _written(world, 7)
        world.poison.add(written[3])
        world.run(10)
        assert set(_sequences(world, "prompt")) == {*written} - {written[3]}
        (letter,) = [each for each in world.letters if each.handler == "prompt"]
        assert (letter.sequence, letter.reason, letter.key) == (written[3], "poison", {"pk": "1"})
        assert letter.source == world.stream.name
        assert letter.shard in world.stream.shards

    def test_that_nobody_named_is_found_by_halving(self) -> None:
        world = a_world()
        world.stream.page_max = 1000
        culprit: set[str] = set()

        class Surprised(Handler[Change]):
            name = "surprised"
            source = SOURCE

            def handle(self, batch: Sequence[Change]) -> Progress:
                if any(each.sequence in culprit for each in batch):
                    raise KeyError("SHELL KINGS 587")
                world.effects["surprised"].extend(batch)
                return batch[-1].sequence

        world.handlers = [Surprised]
        written = _written(world, 100)
        culprit.update({written[42], written[77]})
        world.start_process()
        world.run(120)
        assert [each.sequence for each in world.letters] == [written[42], written[77]]
        assert {each.reason for each in world.letters} == {"KeyError"}
        assert set(_sequences(world, "surprised")) == {*written} - culprit

    def test_twenty_times_in_a_row_stops_the_handler_and_no_other(self) -> None:
        world = a_world()
        world.stream.page_max = 50
        world.handlers.append(_always(world, PoisonRecord))
        name = world.start_process()
        written = _written(world, 30)
        world.run(60)
        assert len(world.letters) == 20
        state = _state(world, "always")
        assert state.stopped == "20 dead letters in a row: all of them"
        assert STREAM_STOPPED.value(HandlerLabels("always")) == 1
        assert _owned(world, "always") == {name: 0}
        assert _sequences(world, "prompt") == written

    def test_stop_is_ended_by_an_operator_only(self) -> None:
        world = a_world()
        gate = {"broken": True}
        world.handlers = [_always(world, PoisonRecord, gate)]
        first = world.start_process()
        written = _written(world, 25)
        world.run(60)
        world.stop(first)
        second = world.start_process()
        gate["broken"] = False
        world.run(10)
        assert _sequences(world, "always") == []
        world.processes[second]._leases.resume("always")
        world.run(10)
        assert _sequences(world, "always") == written[20:]


class TestALoss:
    def test_of_what_grew_old_is_mended_by_a_sweep(self) -> None:
        world = a_world()
        first = world.start_process()
        _written(world, 3, key=1)
        world.run(5)
        world.stop(first)
        _written(world, 3, key=2)
        world.clock.forward(30 * 3600)
        world.stream.trim()
        lost = STREAM_GAPS.value(HandlerLabels("prompt"))
        world.start_process()
        world.run(10)
        swept = world.effects["prompt"][3:]
        assert all(each.swept and each.old is None for each in swept)
        assert {(each.key["pk"], each.new["v"]) for each in swept if each.new} == {
            ("1", 3),
            ("2", 3),
        }
        assert STREAM_GAPS.value(HandlerLabels("prompt")) == lost + 1
        later = _written(world, 2, key=3)
        world.run(5)
        assert _sequences(world, "prompt")[-2:] == later

    def test_is_mended_before_reading_goes_on(self) -> None:
        """What comes during the sweep is given after it: the last word is the newest."""
        world = a_world()
        first = world.start_process()
        _written(world, 1, key=1)
        world.run(5)
        world.stop(first)
        world.clock.forward(30 * 3600)
        world.stream.trim()
        second = world.start_process()
        for _ in range(3):
            world.tick(second)
        during = _written(world, 2, key=1)
        world.run(10)
        swept = [each.swept for each in world.effects["prompt"][1:]]
        assert swept == sorted(swept, reverse=True)
        assert swept[0]
        assert _sequences(world, "prompt")[-2:] == during

    def test_is_mended_once_though_several_shards_show_it(self) -> None:
        world = a_world(keys=6, shards=6)
        first = world.start_process()
        for key in range(6):
            _written(world, 1, key=key)
        world.run(5)
        world.stop(first)
        world.clock.forward(30 * 3600)
        world.stream.trim()
        world.start_process()
        world.run(30)
        swept = [each for each in world.effects["prompt"] if each.swept]
        assert len(swept) == 6
        assert _state(world, "prompt").beginning.number == 1

    def test_sweep_is_taken_up_again_where_it_was(self) -> None:
        world = a_world(keys=40)
        first = world.start_process()
        for key in range(40):
            _written(world, 1, key=key)
        world.run(30)
        world.stop(first)
        world.clock.forward(30 * 3600)
        world.stream.trim()
        second = world.start_process()
        for _ in range(9):
            world.clock.forward(0.5)
            world.tick(second)
            world.step(second)
        before = [each.key["pk"] for each in world.effects["prompt"] if each.swept]
        assert 4 < len(before) < 40
        world.stop(second)
        world.start_process()
        world.run(60)
        swept = [each.key["pk"] for each in world.effects["prompt"] if each.swept]
        assert len(swept) == 40, "none twice"
        assert _state(world, "prompt").beginning.number == 1

    def test_is_none_where_the_stream_was_merely_quiet(self) -> None:
        """A process that was away for hours finds what it had still to read."""
        world = a_world()
        first = world.start_process()
        _written(world, 3)
        world.run(5)
        world.stop(first)
        world.clock.forward(20 * 3600)
        world.start_process()
        written = _written(world, 3)
        world.run(10)
        assert _sequences(world, "prompt")[3:] == written
        assert _state(world, "prompt").beginning.number == 0

    def test_shows_when_the_engine_was_restarted(self) -> None:
        world = a_world(says_where_shards_start=False)
        first = world.start_process()
        _written(world, 3, key=1)
        world.run(5)
        world.stop(first)
        _written(world, 1, key=2)
        world.stream.forget_records()
        world.start_process()
        world.run(10)
        assert {each.key["pk"] for each in world.effects["prompt"] if each.swept} == {"1", "2"}

    def test_shows_when_the_stream_was_made_anew(self) -> None:
        world = a_world()
        world.start_process()
        _written(world, 3, key=1)
        world.run(5)
        world.stream.identity = "stream-2"
        world.stream.shards.clear()
        world.stream._new_shard((), frozenset(range(4)))
        written = _written(world, 2, key=2)
        world.run(30)
        swept = {each.key["pk"] for each in world.effects["prompt"] if each.swept}
        assert swept == {"1", "2"}
        assert _sequences(world, "prompt")[-2:] == written

    def test_is_said_and_noted_where_nothing_can_mend_it(self) -> None:
        """A Kinesis stream has no table behind it: what it still has is read, and that is that."""
        world = a_world()
        world.stream.sweep = None
        first = world.start_process()
        _written(world, 3)
        world.run(5)
        world.stop(first)
        _written(world, 3)
        world.clock.forward(30 * 3600)
        world.stream.trim()
        still_there = _written(world, 2)
        world.start_process()
        world.run(10)
        assert _sequences(world, "prompt")[3:] == still_there
        assert _state(world, "prompt").gaps == 1


class TestIdleness:
    def test_is_reached_when_all_is_read(self) -> None:
        world = a_world(keys=4, shards=2)
        name = world.start_process()
        consumer = world.processes[name]
        world.run(5)
        assert consumer.is_idle
        _written(world, 3)
        world.clock.forward(1)
        world.step(name)
        assert not consumer.is_idle
        world.run(5)
        assert consumer.is_idle

    def test_waits_for_the_leases_of_a_killed_process(self) -> None:
        world = a_world()
        killed = world.start_process()
        world.run(3)
        world.kill(killed)
        _written(world, 3)
        name = world.start_process()
        world.run(LEASE_S / 2)
        assert not world.processes[name].is_idle
        world.run(LEASE_S)
        assert world.processes[name].is_idle
        assert len(world.effects["prompt"]) == 3

    def test_does_not_wait_for_what_a_living_process_reads(self) -> None:
        world = a_world()
        world.start_process()
        world.run(3)
        second = world.start_process()
        world.run(LEASE_S)
        assert _owned(world)[second] == 0
        assert world.processes[second].is_idle


def _hoarding(world: World) -> AnyHandler:
    """A handler that is durable when there is no more, and not before."""

    class Hoarding(Handler[Change]):
        name = "hoarding"
        source = SOURCE

        def __init__(self) -> None:
            self.kept: list[Change] = []

        def handle(self, batch: Sequence[Change]) -> Progress:
            self.kept.extend(batch)
            return None

        def end(self) -> Progress:
            world.effects["hoarding"].extend(self.kept)
            return self.kept[-1].sequence if self.kept else None

    return Hoarding


def _always(
    world: World, error: type[PoisonRecord], gate: dict[str, bool] | None = None
) -> AnyHandler:
    """A handler that finds every record poisonous, as long as it is broken."""

    class Always(Handler[Change]):
        name = "always"
        source = SOURCE

        def handle(self, batch: Sequence[Change]) -> Progress:
            if gate is None or gate["broken"]:
                raise error(batch[0], "all of them")
            world.effects["always"].extend(batch)
            return batch[-1].sequence

    return Always
