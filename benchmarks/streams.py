"""The stream consumer loop (docs/adr/0009-streams.md): what a record costs, and how late it comes.

The engine is another process; what is counted as ours is this process's CPU: reading, parsing,
handing out and checkpointing, with a handler that does nothing.
"""

import os
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.figures import Figure, percentile
from benchmarks.place import Place
from benchmarks.sizes import size

if TYPE_CHECKING:
    from aws.dynamodb import Repository
    from aws.streams.handlers import AnyHandler

_RECORDS = size("RECORDS", 40_000)
_QUIET_S = 10.0
_LAGS, _LAG_APART_S = size("LAGS", 150), (0.15, 0.35)


@dataclass(slots=True)
class Meter:
    """What a handler that does nothing has seen: how much, and when (wall clock, our CPU)."""

    records: int = 0
    first: tuple[float, float, int] | None = None  # and how many records it was
    last: tuple[float, float] = (0.0, 0.0)
    seen: dict[str, float] = field(default_factory=dict)


def run(place: Place) -> list[Figure]:
    place.new_bank().load_django()
    return [*_throughput(1), *_throughput(3), *_quiet()]


def _throughput(handlers: int) -> list[Figure]:
    items = _table(f"bench-throughput-{handlers}")
    items.batch_write(puts=(_item(number) for number in range(_RECORDS)))
    meters = [Meter() for _ in range(handlers)]
    _consume(items, meters, until_idle=True)
    assert all(meter.records == _RECORDS for meter in meters)
    first = min(meter.first for meter in meters if meter.first)
    last = max(meter.last for meter in meters)
    wall_s, cpu_s, records = last[0] - first[0], last[1] - first[1], _RECORDS - first[2]
    idle = "a handler that does nothing" if handlers == 1 else f"{handlers} such handlers"
    told = f"{_RECORDS:,} changes of 330-byte items, {idle}"
    suffix = "" if handlers == 1 else f"_{handlers}_handlers"
    return [
        Figure(
            name=f"records_per_s{suffix}",
            value=records / wall_s,
            unit="1/s",
            how=f"{told}, one process, the engine's time included",
        ),
        Figure(
            name=f"cpu_us_per_record{suffix}",
            value=cpu_s / records * 1e6,
            unit="us",
            how=f"{told}: this process's CPU alone",
            aim="<= 30" if handlers == 1 else None,
        ),
    ]


def _quiet() -> list[Figure]:
    """One write now and then, to a table that is otherwise still."""
    items, meter, stop = _table("bench-quiet"), Meter(), threading.Event()
    reader = threading.Thread(target=_consume, args=(items, [meter]), kwargs={"stop": stop})
    reader.start()
    items.put({"pk": "first", "sk": "1"})
    while not meter.records:
        time.sleep(0.01)
    time.sleep(2)
    began = time.process_time()
    time.sleep(_QUIET_S)
    idle_percent = (time.process_time() - began) / _QUIET_S * 100
    lags_ms = [_lag_ms(items, meter, number) for number in range(_LAGS)]
    stop.set()
    reader.join()
    return [
        _lag(lags_ms, 50, aim="<= 100"),
        _lag(lags_ms, 99, aim="<= 250"),
        Figure(
            name="idle_cpu_percent",
            value=idle_percent,
            unit="%",
            how="of one core, one shard on which nothing happens",
        ),
    ]


def _lag(lags_ms: list[float], percent: int, *, aim: str) -> Figure:
    return Figure(
        name=f"idle_lag_p{percent}_ms",
        value=percentile(lags_ms, percent),
        unit="ms",
        how=f"{_LAGS} writes, some 250 ms apart, from the write's answer to the handler's call",
        aim=aim,
    )


def _lag_ms(items: "Repository", meter: Meter, number: int) -> float:
    time.sleep(random.uniform(*_LAG_APART_S))  # noqa: S311 - not for secrets
    name = f"lag-{number}"
    items.put({"pk": name, "sk": "1"})
    written = time.monotonic()
    while name not in meter.seen:
        time.sleep(0.001)
    return max(0.0, meter.seen[name] - written) * 1000


def _consume(
    items: "Repository",
    meters: list[Meter],
    *,
    until_idle: bool = False,
    stop: threading.Event | None = None,
) -> None:
    from aws.streams.process import consume

    handlers = [_handler(items, meter, number) for number, meter in enumerate(meters)]
    assert consume(handlers, stop or threading.Event(), until_idle=until_idle)


def _handler(items: "Repository", meter: Meter, number: int) -> "AnyHandler":
    from aws.streams import Change, Handler, Progress

    class DoesNothing(Handler[Change]):
        name = f"bench_{number}"
        source = items.table

        def handle(self, batch: Sequence[Change]) -> Progress:
            now = (time.monotonic(), time.process_time())
            meter.first = meter.first or (*now, len(batch))
            meter.records += len(batch)
            meter.last = now
            if len(batch) < 10:
                meter.seen.update((change.key["pk"], now[0]) for change in batch)
            return batch[-1].sequence

    return DoesNothing


def _table(name: str) -> "Repository":
    from aws.dynamodb import Repository
    from aws.provisioning.tables import ensure, existing_names
    from aws.resources import Table

    class Items(Repository):
        table = Table(name=name, purpose="Of a benchmark.", stream=True)

    ensure(Items.table, existing_names())
    return Items()


def _item(number: int) -> dict[str, Any]:
    """As large as a transaction's."""
    return {
        "pk": f"acc_{number // 50:026}#2026",
        "sk": f"2026-01-01#260101000000#txn_{number:026}",
        "z": os.urandom(180),
        "h": os.urandom(16),
        "s": "job_1/7/42",
        "n": 1,
    }
