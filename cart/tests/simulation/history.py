"""One history: who goes on next, and what becomes of the calls, as a seed has it."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import blake2b
from typing import Any
from unittest.mock import patch

from django.test import override_settings

from aws.tests.memory import MemoryEngine, in_memory
from cart.choreography import event_of
from cart.domain.payments import Answer
from cart.domain.purchases import CheckoutId
from cart.domain.saga import InDoubt, Saga
from cart.provider.sandbox import notified
from cart.services.checkout import CHECKOUT
from cart.tests.simulation.actors import Actor, Call, Crash, Door, Fate
from cart.tests.simulation.invariants import violations
from cart.tests.simulation.messages import Message, customers_wishes, inquiry, news, sweeps
from cart.tests.simulation.world import TABLES, World
from kernel.errors import Unavailable

_STEPS_MAX = 250
_ROUNDS_MAX = 10  # of sweeps, after which everything must have ended
_PATIENCE = timedelta(seconds=150)  # longer than the shop waits for a payment
_TICKS = (*(timedelta(seconds=s) for s in (1, 5, 20)), _PATIENCE)
_WRITE_FATES = (Fate.CRASH_BEFORE, Fate.CRASH_AFTER, Fate.RESENT, Fate.THROTTLED)
_PROVIDER_FATES = (Fate.SILENT_BEFORE, Fate.SILENT_AFTER)


@contextmanager
def simulated() -> Iterator[None]:
    """Histories are run within this."""
    moody = {"provider": "cart.tests.simulation.provider.Moody"}
    with override_settings(CART=moody), patch.object(notified, "receivers", []):
        yield


class History:
    """`run` plays it and says what went wrong; `digest` tells it from others.

    `fates`: how often which write met which fate.
    """

    def __init__(
        self, seed: int, *, saga: Saga = CHECKOUT, engine: MemoryEngine | None = None
    ) -> None:
        self.fates: Counter[tuple[str, Fate]] = Counter()
        self._chance = random.Random(seed)  # noqa: S311 - a simulation
        self._saga = saga
        self._engine = engine or MemoryEngine(TABLES)
        self._faults = self._chance.choice((0.0, 0.03, 0.1, 0.3))
        self._is_settling = False
        self._pending: list[Message] = []
        self._delivered: list[Message] = []
        self._running: list[tuple[Actor, Message]] = []
        self._troubles: list[str] = []
        self._trace = blake2b(digest_size=8)

    @property
    def digest(self) -> bytes:
        return self._trace.digest()

    def run(self) -> list[str]:
        with in_memory(Door(self._engine)):
            self._world = World(self._engine, self._chance)
            notified.connect(self._notified)
            try:
                self._play()
                self._settle()
            finally:
                notified.disconnect(self._notified)
            return [*self._troubles, *violations(self._world)]

    def _play(self) -> None:
        self._pending = customers_wishes(self._world, self._chance)
        for _step in range(_STEPS_MAX):
            if not (self._pending or self._running):
                return
            self._step(self._chance.random())

    def _settle(self) -> None:
        """No more faults: what is under way goes on, and sweeps take up what got lost."""
        self._is_settling = True
        for _round in range(_ROUNDS_MAX):
            while self._pending or self._running:
                if self._running:
                    self._go_on(0)
                else:
                    self._start(self._pending.pop(0))
            if not self._world.is_anything_open:
                return
            self._world.forward(_PATIENCE)
            self._pending = sweeps(self._world, self._saga)
        self._troubles.append("something never ended")

    def _step(self, roll: float) -> None:
        if self._running and roll < 0.82:
            self._go_on(self._chance.randrange(len(self._running)))
        elif self._pending and roll < 0.95:
            self._start(self._pending.pop(self._chance.randrange(len(self._pending))))
        elif self._delivered and roll < 0.97:
            self._start(self._chance.choice(self._delivered))
        elif roll < 0.975:
            self._pending += sweeps(self._world, self._saga)
        else:
            self._world.forward(self._chance.choice(_TICKS))

    def _start(self, message: Message) -> None:
        self._note(f"start {message.name}")
        self._running.append((Actor(message.name, message.work), message))
        self._look_at(len(self._running) - 1)

    def _go_on(self, index: int) -> None:
        actor, _message = self._running[index]
        assert actor.next is not None
        fate = self._fate(actor.next)
        if actor.next.is_write:
            self.fates[(f"{actor.name}: {actor.next.name}", fate)] += 1
        self._note(f"{index} {fate}")
        actor.go_on(fate)
        self._look_at(index)

    def _fate(self, call: Call) -> Fate:
        if self._is_settling or self._chance.random() >= self._faults:
            return Fate.GO
        if call.is_to_provider:
            return self._chance.choice(_PROVIDER_FATES)
        return self._chance.choice(_WRITE_FATES) if call.is_write else Fate.GO

    def _look_at(self, index: int) -> None:
        """What the actor's last call has led to."""
        for change in self._world.changes():
            event = event_of(change)
            action = self._saga.after(event) if event else None
            if event and action:
                self._pending.append(news(action, event, self._world))
        if self._running[index][0].ended:
            self._end(*self._running.pop(index))

    def _end(self, actor: Actor, message: Message) -> None:
        error = actor.error
        if error is None:
            self._delivered.append(message)
        elif isinstance(error, InDoubt):
            if message.about is not None and not self._is_settling:
                self._pending.append(inquiry(message.about, self._world))
        elif isinstance(error, Crash | Unavailable):
            if not (message.may_get_lost and self._chance.random() < 0.5):
                self._pending.append(message)
        elif not isinstance(error, message.expected):
            self._troubles.append(f"{message.name}: {error!r}")

    def _notified(self, key: str, answer: Answer, **_signal: Any) -> None:
        """The provider says so by itself, some time."""
        self._pending.append(inquiry(CheckoutId(key), self._world, answer))

    def _note(self, what: str) -> None:
        self._trace.update(what.encode())
