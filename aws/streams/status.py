"""How far handlers are, as the table of leases has it: for `manage.py consume --status`."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from aws.streams.handlers import AnyHandler
from aws.streams.leases import HandlerState, Ledger
from aws.streams.process import leases_of, source_of
from kernel.clock import Clock, utc_now


def lines(handlers: Iterable[AnyHandler], *, clock: Clock = utc_now) -> Iterator[str]:
    """A line for each handler."""
    for handler in handlers:
        source = source_of(handler.source)
        now = clock()
        said = summary(handler.name, leases_of(source, "status").load(now), now)
        yield f"{handler.name:<24} {source.name:<28} {said}"


def resume(handler: AnyHandler) -> str:
    """Lets a handler that has stopped go on; raises `Conflict` where it never began."""
    leases_of(source_of(handler.source), "resume").resume(handler.name)
    return f"{handler.name} goes on"


def summary(handler: str, ledger: Ledger, now: datetime) -> str:
    """Such as `2 shards read by 1 process, 3 s behind`. Pure."""
    state = ledger.handlers.get(handler)
    if state is None:
        return "has never run"
    lost = f"; records lost for good: {state.gaps} times" if state.gaps else ""
    if state.stopped and state.stopped_at:
        return f"STOPPED {state.stopped_at:%Y-%m-%d %H:%M:%SZ}: {state.stopped}{lost}"
    return _progress(handler, state, ledger, now) + lost


def _progress(handler: str, state: HandlerState, ledger: Ledger, now: datetime) -> str:
    leases = {shard: lease for (shard, name), lease in ledger.leases.items() if name == handler}
    owners = {lease.held_at(now) for lease in leases.values()} - {None}
    positions = {
        shard: lease.position
        for shard, lease in leases.items()
        if lease.position and lease.position.beginning == state.beginning.number
    }
    unfinished = [each for each in positions.values() if not each.finished]
    segments = [each.id for each in state.beginning.sweep()]
    swept = sum(each in positions and positions[each].finished for each in segments)
    if swept < len(segments):
        return f"sweeps the table: {swept} of {len(segments)} segments; {_read_by(len(owners))}"
    behind_s = max(((now - each.at).total_seconds() for each in unfinished), default=0.0)
    return f"{len(unfinished)} shards, {_read_by(len(owners))}, {behind_s:.0f} s behind"


def _read_by(owners: int) -> str:
    return "read by nobody" if not owners else f"read by {owners} process{'es' * (owners > 1)}"
