"""Actors: pieces of work that stop before each call and are let go on one by one."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from greenlet import getcurrent, greenlet

from aws.tests.memory import MemoryEngine
from cart.resources import SANDBOX
from kernel.errors import Unavailable

_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}


class Crash(BaseException):
    """The process that did this is gone; nothing of it runs on, and no handler catches it."""


class Fate(StrEnum):
    """What becomes of a call."""

    GO = "go"
    THROTTLED = "throttled"
    CRASH_BEFORE = "crash before"  # the process dies, and nothing was written
    CRASH_AFTER = "crash after"  # it is written, and the process dies
    RESENT = "resent"  # it is written, its answer is lost, and the client sends it again
    SILENT_BEFORE = "silent before"  # the provider never gets it
    SILENT_AFTER = "silent after"  # the provider's answer is lost


@dataclass(frozen=True, slots=True)
class Call:
    """What an actor is about to do."""

    name: str
    is_write: bool = False
    is_to_provider: bool = False


class Actor:
    """`ended`: nothing of it is left; then `error` says how, None for well."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        self.name = name
        self.error: BaseException | None = None
        self.writes = 0
        self._greenlet = greenlet(self._run)
        self._work = work
        self.next: Call | None = self._greenlet.switch()

    @property
    def ended(self) -> bool:
        return self.next is None

    def go_on(self, fate: Fate) -> None:
        """Does the next call, and all that follows up to the one after it."""
        assert self.next is not None
        self.writes += self.next.is_write
        self.next = self._greenlet.switch(fate)

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:
            self.error = error
        except Crash as crash:
            self.error = crash


class Door:
    """Stands where the data client stands. What the provider writes into its books passes at once:
    it is a system of its own, which does what it is asked at one go, or was never asked."""

    def __init__(self, engine: MemoryEngine) -> None:
        self.engine = engine

    def send(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        scheduler = getcurrent().parent
        # Without one it is the scheduler itself, which sets up and looks.
        if scheduler is None or parameters.get("TableName") == SANDBOX.physical_name:
            return self.engine.send(operation, parameters)
        fate = scheduler.switch(_call(operation, parameters))
        if fate is Fate.THROTTLED:
            raise Unavailable(retry_after_s=1)
        if fate is Fate.CRASH_BEFORE:
            raise Crash
        if fate in {Fate.CRASH_AFTER, Fate.RESENT}:
            with suppress(Exception):  # refused: nothing was written
                self.engine.send(operation, parameters)
        if fate is Fate.CRASH_AFTER:
            raise Crash
        return self.engine.send(operation, parameters)


def wait_for(call: Call) -> Fate:
    """Lets the others go first; what becomes of the call. For calls to others than DynamoDB."""
    scheduler = getcurrent().parent
    assert scheduler is not None
    fate: Fate = scheduler.switch(call)
    return fate


def _call(operation: str, parameters: dict[str, Any]) -> Call:
    if operation not in _WRITES:
        return Call(operation)
    actions = [next(iter(each.values())) for each in parameters.get("TransactItems", [])]
    items = [each.get("Item", {}) for each in actions or [parameters]]
    tables = {each["TableName"].partition("-")[2] for each in actions or [parameters]}
    statuses = {item["s"]["S"] for item in items if "s" in item}
    return Call(" ".join([operation, *sorted(tables), *sorted(statuses)]), is_write=True)
