"""What measuring costs: two web servers on one bank, one that measures and one that does not, in
turn under the same load; and the process that keeps the history and the alarms, one for all.

CPU time is compared, not latency: it is what noise on the machine disturbs least. It still differs
by more from round to round than measuring takes, so there are many rounds, and the figure says how
far it can be trusted.
"""

import math
import statistics
import time
import timeit
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.api import _answers, _generated
from benchmarks.api_pages import own_accounts, requests, shuffled
from benchmarks.figures import Figure
from benchmarks.load import WARM_UP_S, Journey, Load
from benchmarks.place import Bank, Place
from benchmarks.processes import cpu_seconds
from embedded.processes import Child, free_port

PER_S, SECONDS = 100.0, 8.0
_ROUNDS = 20
_READY_S_MAX = 60.0
_ACCOUNT = 3  # the field of a `D` record that holds the account's number
_OFF = {"METRICS": "0", "METRICS_NEIGHBOURS": "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A web server, and what it is asked."""

    web: Child
    journeys: Sequence[Journey]


def run(place: Place) -> list[Figure]:
    bank = place.new_bank()
    numbers = _stored(bank, place.folder / "feed")
    bank.load_django()
    owned = own_accounts(numbers, namespace="bank")
    on = _side(bank, owned, measures=True)
    off = _side(bank, owned, measures=False)
    monitor = bank.place.start("monitor", "manage", "monitor", **bank.environment)
    began, cpu_before = time.monotonic(), cpu_seconds(monitor.pid)
    rounds = [_round(place, bank, on, off, swapped=n % 2 == 1) for n in range(_ROUNDS)]
    monitor_s = cpu_seconds(monitor.pid) - cpu_before
    differences = [with_it - without for with_it, without in rounds]
    how = f"{PER_S:g} pages/s in an open loop, {_ROUNDS} rounds of {SECONDS:g} s in turn"
    return [
        Figure(
            name="overhead_cpu_percent",
            value=statistics.mean(differences),
            unit="% of a core",
            aim="<= 1",
            how=f"web, with metrics less without; {how}; the mean of the rounds",
        ),
        Figure(
            name="overhead_cpu_percent_error",
            value=statistics.stdev(differences) / math.sqrt(_ROUNDS),
            unit="% of a core",
            how="the standard error of that mean: how far it can be trusted",
        ),
        Figure(
            name="monitor_cpu_percent",
            value=monitor_s / (time.monotonic() - began) * 100,
            unit="% of a core",
            how="the process that keeps history and alarms, whatever the load: one a deployment",
        ),
        *_sides(rounds, how),
        *_by_the_piece(),
    ]


def _sides(rounds: Sequence[tuple[float, float]], how: str) -> list[Figure]:
    on, off = (statistics.median(side) for side in zip(*rounds, strict=True))
    named = {"cpu_percent_on": on, "cpu_percent_off": off}
    return [
        Figure(name=name, value=value, unit="% of a core", how=how) for name, value in named.items()
    ]


def _by_the_piece() -> list[Figure]:
    """What a request and its two calls record, timed alone."""
    from aws.metrics import record_call
    from aws.metrics.names import REQUEST_SECONDS, RequestLabels

    def one_request() -> None:
        record_call("dynamodb", "GetItem", 0.002, "ok", 1.0)
        record_call("dynamodb", "Query", 0.004, "ok", 2.5)
        REQUEST_SECONDS.observe(RequestLabels("bench", "GET", "200"), 0.01)

    times = timeit.repeat(one_request, number=20_000, repeat=5)
    microseconds = min(times) / 20_000 * 1e6
    return [
        Figure(
            name="recording_us_per_request",
            value=microseconds,
            unit="us",
            how="a request with two DynamoDB calls, in a loop alone; the best of 5",
        ),
        Figure(
            name="recording_cpu_percent",
            value=microseconds * PER_S / 1e6 * 100,
            unit="% of a core",
            how=f"the same at {PER_S:g} requests/s: what recording alone takes",
        ),
    ]


def _stored(bank: Bank, folder: Path) -> list[str]:
    """Brings a generated feed in; the account numbers in it."""
    bank.manage(
        *("generate_feed", "--customers", "10", "--months", "1", "--seed", "1"),
        *("--out", str(folder)),
    )
    worker = bank.start_worker(2)
    numbers: dict[str, None] = {}
    for path in sorted(folder.glob("*historical*")):
        bank.manage(
            *("ingest", str(path), "--kind", "historical", "--profile", "hub"),
            *("--create-accounts", "--wait", "--json"),
        )
        rows = (line.split("|") for line in path.read_text().splitlines() if line[:2] == "D|")
        numbers |= {row[_ACCOUNT]: None for row in rows}
    bank.place.stop(worker)
    return list(numbers)


def _side(bank: Bank, owned: dict[str, list[str]], *, measures: bool) -> Side:
    port = free_port()
    environment = {**bank.environment, **({} if measures else _OFF)}
    side = Bank(place=bank.place, name=bank.name, environment=environment)
    web = side.start_web(port)
    web.wait_until(lambda: _answers(port), seconds_max=_READY_S_MAX)
    return Side(web=web, journeys=shuffled(requests(port, owned)))


def _round(place: Place, bank: Bank, on: Side, off: Side, *, swapped: bool) -> tuple[float, float]:
    """Percent with metrics, and without; each side is first in every other round."""
    if swapped:
        without = _percent(place, bank, off)
        return _percent(place, bank, on), without
    return _percent(place, bank, on), _percent(place, bank, off)


def _percent(place: Place, bank: Bank, side: Side) -> float:
    """CPU time of a side under load, in percent of one core."""
    began = cpu_seconds(side.web.pid)
    load = Load(journeys=side.journeys, seconds=SECONDS, per_s=PER_S)
    measured = _generated(place, bank, load)
    return (cpu_seconds(side.web.pid) - began) / (measured.seconds + WARM_UP_S) * 100
