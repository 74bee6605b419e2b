"""What operators do to a handler: pause it, let it go on, have it read its stream again."""

from datetime import timedelta

import structlog

from aws.streams.handlers import AnyHandler
from aws.streams.leases import StreamLeases
from aws.streams.process import leases_of, source_of
from aws.streams.shards import Beginning
from aws.streams.source import Source
from kernel.clock import Clock, utc_now
from kernel.errors import Missing

log = structlog.get_logger(__name__)
_BY = "rewound by hand"
# What is about to be trimmed would be gone before it is read.
_SPARE = timedelta(minutes=10)


class NeverRun(Missing):
    """This handler has never run, so there is nothing to pause or to rewind."""

    code = "handler_never_run"


def pause(handler: AnyHandler, reason: str, *, clock: Clock = utc_now) -> None:
    """No process runs it until `resume`; its checkpoints stay. Raises `NeverRun`."""
    _leases(handler, clock)[1].stop(handler.name, reason, clock())


def resume(handler: AnyHandler, *, clock: Clock = utc_now) -> None:
    """It goes on from its checkpoints. Raises `NeverRun`."""
    _leases(handler, clock)[1].resume(handler.name)


def rewind(handler: AnyHandler, *, clock: Clock = utc_now) -> str:
    """The handler begins anew; what it will read. All it does it may do again, and it is made for
    that. Raises `NeverRun`, and `Conflict` where it has just begun anew by itself.

    On a table: every item as it stands now, then what changes. On Kinesis: all that the stream has.
    """
    source, leases = _leases(handler, clock)
    now = clock()
    number = leases.load(now).handlers[handler.name].beginning.number + 1
    sweep = source.sweep
    listing = source.list()
    beginning = Beginning(
        number=number,
        at=now if sweep else now - source.retention + _SPARE,
        by=_BY,
        stream=listing.stream,
        shards={each.id: each.first_sequence or "" for each in listing.shards.values()},
        segments=sweep.segments() if sweep else 0,
    )
    leases.begin(handler.name, beginning)
    log.warning("stream_rewound", handler=handler.name, number=number)
    return "the whole table" if sweep else "all that the stream has kept"


def _leases(handler: AnyHandler, clock: Clock) -> tuple[Source, StreamLeases]:
    source = source_of(handler.source)
    leases = leases_of(source, _BY)
    if handler.name not in leases.load(clock()).handlers:
        raise NeverRun
    return source, leases
