"""The check-out's real processes: consumers of its streams, workers for its tasks, and for those of
its state machine where it is orchestrated."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import choice

from django.conf import settings

from aws.streams.handlers import AnyHandler
from cart.conf import Variant
from cart.consumers import HANDLERS, ShowOrders, ShowStock
from tests.forked import Forked

# A dead consumer's shards are taken over soon, so that a test need not wait.
_QUICK = {"TXHUB_STREAM_LEASE_S": "3", "TXHUB_STREAM_POLL_S": "0.05"}
# Few, since each poll of a killed process takes a task with it.
_SAGA_WORKER = ["manage.py", "saga_worker", "--threads", "2"]
_WORKER = ["-m", "celery", "-A", "config.celery", "worker", "-Q", "cart", "-c", "2"]
_QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]


@dataclass(slots=True, kw_only=True)
class Fleet:
    """Processes by what they run; any of them may be killed, and is then started again."""

    variant: Variant
    children: list[tuple[list[str], Forked]] = field(default_factory=list)

    def start(self, arguments: list[str]) -> None:
        name = arguments[1].removeprefix("-")
        child = Forked.start(
            arguments,
            log=Path(settings.VAR_DIR) / f"cart-{self.variant}-{name}-{len(self.children)}.log",
            environment={**_QUICK, "CART_SAGA": self.variant},
        )
        self.children.append((arguments, child))

    def kill_one(self) -> None:
        """One at random, as a power cut would; another one takes its place."""
        arguments, victim = choice(self.children)
        self.children.remove((arguments, victim))
        victim.kill()
        self.start(arguments)

    def kill_all(self) -> None:
        for _arguments, child in self.children:
            child.kill()


@contextmanager
def running_shop(variant: Variant, *, consumers: int = 1) -> Iterator[Fleet]:
    """Everything that check-outs of this variant need, on the engine of this run."""
    handlers: list[AnyHandler] = [*HANDLERS[variant], ShowOrders, ShowStock]
    consumer = ["manage.py", "consume", *(each.name for each in handlers)]
    orchestrated = [_SAGA_WORKER] * consumers if variant is Variant.ORCHESTRATED else []
    fleet = Fleet(variant=variant)
    for arguments in [*[consumer] * consumers, *orchestrated, [*_WORKER, *_QUIET]]:
        fleet.start(arguments)
    try:
        yield fleet
    finally:
        fleet.kill_all()


def wait_until(holds: Callable[[], bool], *, seconds_max: float = 60) -> None:
    deadline = time.monotonic() + seconds_max
    while not holds():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.05)
