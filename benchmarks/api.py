"""The API under the load that the talk behind this project tells of: 146 requests/s, open loop.

Real web server, real Cognito tokens, 200,000 transactions of 2,000 accounts stored by the batch.
In the same run the same pages by plain boto3, and the same bytes from the engine alone, so that its
cost and ours can be told apart. These sides are compared at a rate that the engine bears on this
machine: beyond its ceiling all of them measure a queue.
"""

import http.client
import json
import pickle
import subprocess
import sys
from collections.abc import Sequence

from benchmarks.api_pages import (
    ACCOUNTS,
    ROWS,
    Calls,
    own_accounts,
    page_calls,
    requests,
    shuffled,
    signed,
    store_rows,
)
from benchmarks.figures import Figure, engine, percentile
from benchmarks.load import WARM_UP_S, Journey, Load, Measured
from benchmarks.place import ROOT, Bank, CommandFailed, Place
from benchmarks.plain_pages import Pages
from benchmarks.processes import cpu_seconds
from benchmarks.sizes import size
from embedded.processes import Child, free_port

PER_S, SECONDS = 146.0, float(size("SECONDS", 60))
_ROUNDS = 3
_BESIDE_S = 8.0  # of each side, in each round
_BEARABLE = 0.4  # of the engine's ceiling: what serves and what asks need the cores too
_READY_S_MAX = 60.0


def run(place: Place) -> list[Figure]:
    bank = place.new_bank()
    _say(f"storing {ROWS:,} transactions of {ACCOUNTS:,} accounts")
    numbers = store_rows(bank)
    bank.load_django()
    owned = own_accounts(numbers)
    port = free_port()
    web = bank.start_web(port)
    web.wait_until(lambda: _answers(port), seconds_max=_READY_S_MAX)
    asked = shuffled(requests(port, owned))
    pages = shuffled([page_calls(account) for accounts in owned.values() for account in accounts])

    ceiling = _generated(place, bank, Load(journeys=signed(pages), seconds=10.0)).per_s
    per_s = min(PER_S, _BEARABLE * ceiling)
    rounds = [_round(place, bank, asked, pages, web, per_s) for _number in range(_ROUNDS)]
    ours, single, both, alone = (_added(side) for side in zip(*rounds, strict=True))
    talk = _http(place, bank, web, Load(journeys=asked, seconds=SECONDS, per_s=PER_S))
    return [
        *_talk(talk),
        *_beside(per_s, ours, single, both, alone),
        *_costs(ours, both),
        _ceiling(ceiling),
    ]


# --- the sides ---


def _round(
    place: Place,
    bank: Bank,
    asked: list[Journey],
    pages: Sequence[Calls],
    web: Child,
    per_s: float,
) -> tuple[Measured, Measured, Measured, Measured]:
    """All sides in turn, so that a busy moment of the machine does not meet one alone."""
    return (
        _http(place, bank, web, Load(journeys=asked, seconds=_BESIDE_S, per_s=per_s)),
        _plain(place, bank, [calls[1:] for calls in pages], per_s),
        _plain(place, bank, pages, per_s),
        _generated(place, bank, Load(journeys=signed(pages), seconds=_BESIDE_S, per_s=per_s)),
    )


def _http(place: Place, bank: Bank, web: Child, load: Load) -> Measured:
    began = cpu_seconds(web.pid)
    measured = _generated(place, bank, load)
    warm_up = 1 + WARM_UP_S / load.seconds  # the server worked for it too
    measured.cpu_seconds = (cpu_seconds(web.pid) - began) / warm_up
    return measured


def _generated(place: Place, bank: Bank, load: Load) -> Measured:
    return _measured(place, bank, "benchmarks.load", load)


def _plain(place: Place, bank: Bank, journeys: Sequence[Calls], per_s: float) -> Measured:
    pages = Pages(journeys=journeys, seconds=_BESIDE_S, per_s=per_s)
    return _measured(place, bank, "benchmarks.plain_pages", pages)


def _measured(place: Place, bank: Bank, module: str, order: Load | Pages) -> Measured:
    """Runs a side in a process of its own."""
    _say(f"{module}, {len(order.journeys):,} journeys, {order.seconds:g} s")
    path = place.folder / "order.pickle"
    path.write_bytes(pickle.dumps(order))
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", module, str(path)],
        env=dict(bank.environment),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    if done.returncode:
        raise CommandFailed(f"{module} ended with status {done.returncode}")
    return Measured(**json.loads(done.stdout))


def _added(parts: Sequence[Measured]) -> Measured:
    return Measured(
        latencies_ms=[each for part in parts for each in part.latencies_ms],
        errors=sum(part.errors for part in parts),
        seconds=sum(part.seconds for part in parts),
        cpu_seconds=sum(part.cpu_seconds for part in parts),
    )


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


# --- the figures ---


def _talk(measured: Measured) -> list[Figure]:
    times = measured.latencies_ms
    how = f"open loop at {PER_S:g}/s, from the set time to the last byte; random accounts"
    talk = {"mean": 54.53, "p90": 77.0, "p95": 96.0, "p99": 345.0}
    values = {
        "mean": sum(times) / len(times),
        **{f"p{percent}": percentile(times, percent) for percent in (50, 90, 95, 99)},
    }
    return [
        Figure(
            name="requests_per_s",
            value=measured.per_s,
            unit="requests/s",
            how=f"answered with 200, over {measured.seconds:.0f} s; not cached",
        ),
        *(
            Figure(
                name=f"{name}_ms",
                value=value,
                unit="ms",
                aim=f"<= {talk[name]}" if name in talk else None,
                how=f"{how}; the talk: {talk[name]}" if name in talk else how,
            )
            for name, value in values.items()
        ),
        Figure(name="errors", value=measured.errors, unit="requests", aim="= 0", how="any but 200"),
    ]


def _beside(
    per_s: float, ours: Measured, single: Measured, both: Measured, alone: Measured
) -> list[Figure]:
    p50 = percentile(ours.latencies_ms, 50)
    sides = {
        "api": (ours, "the page over HTTP: token, owner, page, opened"),
        "plain_boto3_query": (single, "the page's Query alone, no owner asked for, nothing opened"),
        "plain_boto3": (both, "GetItem of the account for its owners, Query of the page"),
        "engine": (alone, f"{engine()}: raw signed HTTP, the same two calls, answers not parsed"),
    }
    return [
        *(
            Figure(
                name=f"{name}_p50_ms",
                value=percentile(measured.latencies_ms, 50),
                unit="ms",
                how=f"{how}; open loop at {per_s:.0f}/s, {_ROUNDS} times {_BESIDE_S:g} s in turn",
            )
            for name, (measured, how) in sides.items()
        ),
        Figure(
            name="ratio_to_plain_boto3_p50",
            value=p50 / percentile(both.latencies_ms, 50),
            unit="ratio",
            aim="<= 1.5",
            how="api_p50_ms / plain_boto3_p50_ms",
        ),
        Figure(
            name="ratio_to_plain_boto3_query_p50",
            value=p50 / percentile(single.latencies_ms, 50),
            unit="ratio",
            how="api_p50_ms / plain_boto3_query_p50_ms",
        ),
    ]


def _costs(ours: Measured, both: Measured) -> list[Figure]:
    return [
        Figure(
            name="server_cpu_ms_per_request",
            value=ours.cpu_ms,
            unit="ms",
            how="all processes of the web server, during the open loop",
        ),
        Figure(
            name="plain_boto3_cpu_ms_per_page",
            value=both.cpu_ms,
            unit="ms",
            how="the plain loop's process, during its open loop; no HTTP, nothing opened",
        ),
    ]


def _ceiling(pages_per_s: float) -> Figure:
    return Figure(
        name="engine_ceiling_pages_per_s",
        value=pages_per_s,
        unit="pages/s",
        how=f"{engine()}: raw signed GetItem and Query, closed loop on 8 connections",
    )


def _say(line: str) -> None:
    print(f"  {line} ...", flush=True)
