"""A table and a Kinesis stream of the drills' own, and a handler that processes of theirs run."""

from collections.abc import Sequence

from aws.dynamodb import Repository
from aws.resources import Stream, Table
from aws.streams import Change, Handler, PoisonRecord, Progress, register


class ScratchTable(Table):
    """`provision` and `infra/` know nothing of it."""


class ScratchStream(Stream):
    """Nor of this."""


DRILLS = ScratchTable(name="drills", purpose="Written to by fault drills.", stream=True)
DRILL_RECORDS = ScratchStream(name="drill-records", purpose="Put by fault drills.")


class Drills(Repository):
    table = DRILLS


@register
class Drilled(Handler[Change]):
    """Refuses what is marked as poison."""

    name = "drilled"
    source = DRILLS

    def handle(self, batch: Sequence[Change]) -> Progress:
        for change in batch:
            if change.new and change.new.get("poison"):
                raise PoisonRecord(change, "marked as poison")
        return batch[-1].sequence
