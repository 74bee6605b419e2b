"""What measuring costs: pages of the API, served by the web application in this process on the
embedded engine, with metrics and without, in turn.

CPU time is compared, not latency: it is what noise on the machine disturbs least. It still drifts
by more than measuring takes, so turns are short and many, and a figure says how sure their mean
is. What goes on beside requests is measured by itself: the snapshots that a process reports, and
the process that keeps the history and the alarms, one for a deployment.
"""

import json
import math
import statistics
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.api_pages import PASSWORD, own_accounts
from benchmarks.figures import Figure
from benchmarks.place import Bank, Place
from benchmarks.processes import cpu_seconds

PER_S = 100.0  # what the figures are reckoned for
_TURNS, _PAGES = 400, 20  # turns of each side, and pages of a turn
_SNAPSHOTS = 200
_ACCOUNT = 3  # the field of a `D` record that holds the account's number
Page = dict[str, Any]  # WSGI's environment of a request


def run(place: Place) -> list[Figure]:
    bank = place.new_bank()
    numbers = _stored(bank, place.folder / "feed")
    bank.load_django()
    pages = _pages(own_accounts(numbers, namespace="bank"))
    monitor = bank.place.start("monitor", "manage", "monitor", **bank.environment)
    began, cpu_before = time.monotonic(), cpu_seconds(monitor.pid)
    turns = _in_turn(pages)
    snapshot_s = _snapshot()
    monitor_s = cpu_seconds(monitor.pid) - cpu_before
    return [
        *_figures(turns, snapshot_s),
        _percent(
            "monitor_cpu_percent",
            monitor_s / (time.monotonic() - began),
            "the process that keeps history and alarms, whatever the load",
        ),
    ]


def _figures(turns: Sequence[tuple[float, float]], snapshot_s: float) -> list[Figure]:
    from aws.metrics.reporting import NEIGHBOURS_S

    recording = [with_it - without for with_it, without in turns]
    mean, error = statistics.mean(recording), statistics.stdev(recording) / math.sqrt(len(turns))
    on, off = (statistics.mean(side) for side in zip(*turns, strict=True))
    how = f"{len(turns)} turns of {_PAGES} pages with metrics and without"
    return [
        _percent(
            "overhead_cpu_percent",
            mean * PER_S + snapshot_s / NEIGHBOURS_S,
            f"at {PER_S:g} pages/s: what they record, and the snapshots; {how}",
            aim="<= 1",
        ),
        _percent("overhead_cpu_percent_error", error * PER_S, "the standard error of that mean"),
        _percent(
            "reporting_cpu_percent",
            snapshot_s / NEIGHBOURS_S,
            f"of these, a snapshot every {NEIGHBOURS_S:g} s",
        ),
        Figure(name="page_cpu_ms_on", value=on * 1000, unit="ms", how="CPU time of a page"),
        Figure(name="page_cpu_ms_off", value=off * 1000, unit="ms", how="the same without metrics"),
    ]


def _percent(name: str, share: float, how: str, *, aim: str | None = None) -> Figure:
    return Figure(name=name, value=share * 100, unit="% of a core", how=how, aim=aim)


def _in_turn(pages: Sequence[Page]) -> list[tuple[float, float]]:
    """CPU seconds of a page with metrics, and without; each is first in every other turn."""
    endless = cycle(pages)
    parts = iter(lambda: list(islice(endless, _PAGES)), [])
    for warm_up in (True, False):
        _turn(next(parts), measures=warm_up)
    turns = []
    for number in range(_TURNS):
        part, seconds = next(parts), dict.fromkeys((True, False), 0.0)
        for measures in (number % 2 == 0, number % 2 == 1):
            seconds[measures] = _turn(part, measures=measures)
        turns.append((seconds[True], seconds[False]))
    return turns


def _turn(pages: Sequence[Page], *, measures: bool) -> float:
    from aws.metrics import instruments

    with patch.object(instruments, "MEASURING", measures):
        began = time.process_time()  # of all threads
        for page in pages:
            _serve(page)
        return (time.process_time() - began) / len(pages)


def _serve(page: Page) -> None:
    from config.wsgi import application

    statuses: list[str] = []

    def start(status: str, *_headers: object) -> Any:
        statuses.append(status)

    answer = application(dict(page), start)
    assert b"".join(answer)
    answer.close()
    assert statuses == ["200 OK"], statuses


def _pages(owned: dict[str, list[str]]) -> list[Page]:
    """A customer's request for each account's newest page."""
    from django.test import Client, RequestFactory

    pages = []
    for email, accounts in owned.items():
        answer = Client().post(
            "/api/v1/token",
            json.dumps({"email": email, "password": PASSWORD}),
            content_type="application/json",
            headers={"host": "localhost"},
        )
        headers = {"authorization": f"Bearer {answer.json()['access_token']}", "host": "localhost"}
        for account in accounts:
            path = f"/api/v1/accounts/{account}/transactions"
            pages.append(RequestFactory().get(path, headers=headers).environ)
    return pages


def _snapshot() -> float:
    """CPU seconds of gathering what this process has measured, and writing it for the others."""
    from aws.metrics.reporting import neighbours
    from aws.metrics.snapshots import gathered

    sink = neighbours("bench")
    began = time.process_time()
    for _number in range(_SNAPSHOTS):
        sink.send(gathered())
    seconds = (time.process_time() - began) / _SNAPSHOTS
    sink.close()
    return seconds


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
