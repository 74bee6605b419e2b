"""Handlers: what apps declare in their `consumers.py`, and how they are found."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any, ClassVar, Generic, TypeVar

from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from aws.resources import Stream, Table
from aws.streams.records import Change, Record
from kernel.errors import Missing, Refused

R = TypeVar("R", Change, Record)
# The sequence number of the last record whose effects are durable; None: of no further one.
Progress = str | None
_NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")


class PoisonRecord(Refused):
    """This record can never be handled: it goes to the dead letters, and reading goes on.

    `reason` is logged and stored, so it holds no personal data.
    """

    code = "poison_record"

    def __init__(self, record: Change | Record, reason: str) -> None:
        super().__init__(reason)
        self.sequence = record.sequence
        self.reason = reason


class UnknownHandler(Missing):
    """No installed app declares a handler of this name."""

    code = "unknown_handler"


class Handler(ABC, Generic[R]):
    """Does something about each record of a stream. Register it in `<app>/consumers.py`:

        @register
        class Summaries(Handler[Change]):
            name = "summaries"
            source = TRANSACTIONS

            def handle(self, batch: Sequence[Change]) -> Progress:
                ...
                return batch[-1].sequence

    The loop makes an instance for each shard and calls it from one thread at a time, so `self` may
    keep what belongs to the shard. The instance is forgotten with the lease: what it had not said
    to be durable comes again, to another instance.
    """

    name: ClassVar[str]
    source: ClassVar[Table | Stream]

    @abstractmethod
    def handle(self, batch: Sequence[R]) -> Progress:
        """Handles records in the shard's order; returns how far the effects are durable.

        A handler that buffers returns less than the batch's end, or None, and says so later. Must
        be safe to repeat, also for a part of a batch. Raises `PoisonRecord` to give one record up
        and `Unavailable` to be called again later with the same batch. Any other error is tried
        again, then the batch is halved until the record that causes it is found and given up.
        """

    def idle(self) -> Progress:
        """Called every now and then while nothing comes: the time to flush what was buffered."""
        return None

    def end(self) -> Progress:
        """Called in the place of `idle` when the shard has no more: others wait for all of it."""
        return self.idle()


AnyHandler = type[Handler[Any]]
_registered: dict[str, AnyHandler] = {}


def register(handler: AnyHandler) -> AnyHandler:
    """Class decorator. A handler's name stands in its checkpoints: with another it starts anew."""
    if not _NAME.fullmatch(handler.name):
        raise ValueError(f"{handler.name!r}: small letters, digits and underscores, please")
    if isinstance(handler.source, Table) and not handler.source.stream:
        raise ValueError(f"the table {handler.source.name} is declared without a stream")
    if _registered.setdefault(handler.name, handler) is not handler:
        raise ValueError(f"two handlers are called {handler.name!r}")
    return handler


def discover() -> None:
    """Imports every app's `consumers.py`, and what `STREAM_HANDLER_MODULES` names beside them."""
    autodiscover_modules("consumers")
    for module in getattr(settings, "STREAM_HANDLER_MODULES", ()):
        import_module(module)


def registered(names: Iterable[str] = ()) -> list[AnyHandler]:
    """The handlers of these names; all where none is given. Raises `UnknownHandler`."""
    wanted = sorted(set(names)) or sorted(_registered)
    unknown = [name for name in wanted if name not in _registered]
    if unknown:
        known = ", ".join(sorted(_registered)) or "none"
        raise UnknownHandler(f"no handler is called {', '.join(unknown)}; there are: {known}")
    return [_registered[name] for name in wanted]
