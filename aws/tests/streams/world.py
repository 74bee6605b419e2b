"""A simulated stream, some processes that read it, and an observer that misses nothing."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aws.resources import Declaration, Table
from aws.streams.consumer import Consumer
from aws.streams.dead_letters import DeadLetter
from aws.streams.handlers import AnyHandler, Handler, PoisonRecord, Progress
from aws.streams.leases import LeaseItems, StreamLeases
from aws.streams.records import Change
from aws.tests.streams.simulated import FakeClock, SimulatedStream
from kernel.errors import Unavailable
from kernel.ids import random_id

LEASE_S = 12.0
SOURCE = Table(name="try-simulated", purpose="Of no table: names a source.", stream=True)
Declaration._declared.pop((Table, SOURCE.name))


@dataclass
class World:
    """`effects`: what each handler has durably done, in the order of doing. A process that is
    paused in the middle of a batch lets the others run on."""

    clock: FakeClock
    stream: SimulatedStream
    items: LeaseItems = field(default_factory=LeaseItems)
    handlers: list[AnyHandler] = field(default_factory=list)
    effects: dict[str, list[Change]] = field(default_factory=lambda: defaultdict(list))
    letters: list[DeadLetter] = field(default_factory=list)
    processes: dict[str, Consumer] = field(default_factory=dict)
    poison: set[str] = field(default_factory=set)  # sequences
    pause_s: float = 0.0  # the next batch takes so long
    started: int = 0

    def start_process(self, handlers: Sequence[AnyHandler] | None = None) -> str:
        self.started += 1
        name = f"process-{self.started}"
        lease = timedelta(seconds=LEASE_S)
        leases = StreamLeases(self.stream.name, name, lease=lease, keep=lease, items=self.items)
        self.processes[name] = Consumer(
            self.stream,
            handlers or self.handlers,
            leases,
            run=lambda _opened: None,
            bury=self.letters.append,
            clock=self.clock,
        )
        return name

    def kill(self, name: str) -> None:
        """As kill -9 does: nothing is given back."""
        del self.processes[name]

    def stop(self, name: str) -> None:
        consumer = self.processes.pop(name)
        consumer.leave()
        consumer.give_back()

    def tick(self, name: str) -> None:
        if name in self.processes:
            with suppress(Unavailable):
                self.processes[name].tick()

    def step(self, name: str, times: int = 1) -> None:
        """Each lane of the process does its next things."""
        for _ in range(times):
            for opened in self.processes[name].lanes if name in self.processes else ():
                opened.lane.step()

    def run(self, seconds: float, *, without: str | None = None, step_s: float = 0.5) -> None:
        """Time passes, and every process does its work."""
        for _ in range(int(seconds / step_s)):
            self.clock.forward(step_s)
            for name in list(self.processes):
                if name != without:
                    self.tick(name)
                    self.step(name, 3)

    def run_until(self, holds: Callable[[], bool], *, seconds_max: int) -> None:
        """Ten seconds at a time, so long as it does not hold."""
        for _ in range(seconds_max // 10):
            self.run(10, step_s=1)
            if holds():
                return

    def take_a_pause(self, instance: Handler[Any]) -> None:
        """The process of this handler stands still in the middle of a batch, if it is to."""
        pause_s, self.pause_s = self.pause_s, 0.0
        if pause_s:
            self.run(pause_s, without=self.process_of(instance))

    def process_of(self, instance: Handler[Any]) -> str | None:
        for name, consumer in self.processes.items():
            if any(opened.lane._handler is instance for opened in consumer.lanes):
                return name
        return None

    def done(self, handler: str) -> set[str]:
        """The sequence numbers that a handler is durably done with, given up ones included."""
        given_up = {each.sequence for each in self.letters if each.handler == handler}
        return {each.sequence for each in self.effects[handler]} | given_up


def prompt(world: World, name: str = "prompt") -> AnyHandler:
    """A handler whose effects are durable at once."""

    class Prompt(Handler[Change]):
        source = SOURCE

        def handle(self, batch: Sequence[Change]) -> Progress:
            for change in batch:
                if change.sequence in world.poison:
                    raise PoisonRecord(change, "poison")
                world.effects[name].append(change)
            world.take_a_pause(self)
            return batch[-1].sequence

    Prompt.name = name
    return Prompt


def buffering(world: World, name: str = "buffering", most: int = 4) -> AnyHandler:
    """A handler that is durable when its buffer is full, or nothing more comes."""

    class Buffering(Handler[Change]):
        source = SOURCE

        def __init__(self) -> None:
            self.buffer: list[Change] = []

        def handle(self, batch: Sequence[Change]) -> Progress:
            world.take_a_pause(self)
            self.buffer.extend(batch)
            return self.flush() if len(self.buffer) >= most else None

        def idle(self) -> Progress:
            return self.flush() if self.buffer else None

        def flush(self) -> Progress:
            kept = self.buffer[-1]
            world.effects[name].extend(self.buffer)
            self.buffer.clear()
            return kept.sequence

    Buffering.name = name
    return Buffering


def a_world(**stream: Any) -> World:
    """Its leases lie wherever the data plane's calls go: in memory, or in the engine."""
    clock = FakeClock()
    world = World(clock=clock, stream=SimulatedStream(clock, **stream))
    world.stream.name = f"table/{random_id('try')}"
    world.handlers = [prompt(world), buffering(world)]
    return world
