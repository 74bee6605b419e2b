"""Tables and streams of these tests, and the handlers that worker processes of theirs run."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from aws.resources import Stream, Table
from aws.streams import Change, Handler, PoisonRecord, Progress, Record, register


class ScratchTable(Table):
    """A table of these tests alone: `provision` and `infra/` know nothing of it."""


class ScratchStream(Stream):
    """A Kinesis stream of these tests alone."""


WATCHED = ScratchTable(name="try-watched", purpose="Watched by processes of tests.", stream=True)
READINGS = ScratchStream(name="try-readings", purpose="Read by processes of tests.", shards=4)


def note(handler: str, *sequences: str) -> None:
    """A durable effect: a line in a file, written by one call, that outlives kill -9."""
    line = json.dumps([handler, os.getpid(), *sequences]) + "\n"
    with Path(os.environ["TRY_EFFECTS"]).open("ab", buffering=0) as effects:
        effects.write(line.encode())


@register
class Watcher(Handler[Change]):
    """Notes what changes; refuses what is marked as poison."""

    name = "try_watcher"
    source = WATCHED

    def handle(self, batch: Sequence[Change]) -> Progress:
        for change in batch:
            if change.new and change.new.get("poison"):
                raise PoisonRecord(change, "marked as poison")
        note(self.name, *(each.key["sk"] for each in batch))
        return batch[-1].sequence


@register
class Packer(Handler[Record]):
    """Buffers readings, and notes them some at a time or when nothing comes."""

    name = "try_packer"
    source = READINGS

    def __init__(self) -> None:
        self.buffer: list[Record] = []

    def handle(self, batch: Sequence[Record]) -> Progress:
        self.buffer.extend(batch)
        return self.idle() if len(self.buffer) >= 30 else None

    def idle(self) -> Progress:
        if not self.buffer:
            return None
        note(self.name, *(each.data.decode() for each in self.buffer))
        last = self.buffer[-1].sequence
        self.buffer.clear()
        return last
