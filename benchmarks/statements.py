"""Statements for a generated bank, and whether each says what the bank's own ledger says.

The ledger is read from the feed files as text, without a line of the hub's code.
"""

import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.place import Bank, Place
from benchmarks.processes import peak_mb_of_children
from benchmarks.sizes import size

if TYPE_CHECKING:
    from txhub.tests.statements.ledger import Checked

CUSTOMERS, MONTHS, SEED = size("CUSTOMERS", 210), 18, 11
UNTIL = date(2026, 6, 30)
WORKERS = 2
_KINDS = ("historical", "daily")


def run(place: Place) -> list[Figure]:
    bank = place.new_bank()
    folder = place.folder / "feed"
    _say(f"generating {CUSTOMERS} customers, {MONTHS} months")
    bank.manage(
        *("generate_feed", "--customers", str(CUSTOMERS), "--months", str(MONTHS)),
        *("--seed", str(SEED), "--until", UNTIL.isoformat(), "--out", str(folder)),
    )
    worker = bank.start_worker(WORKERS)
    files = [folder / f"{kind}-{UNTIL}.hub" for kind in _KINDS]
    for kind, path in zip(_KINDS, files, strict=True):
        _bring_in(bank, kind, path)
    place.stop(worker)
    worker = bank.start_worker(WORKERS)  # afresh, so that its memory is that of statements
    _say("issuing")
    report = _report(bank.manage("statements", "--closing", str(UNTIL), "--wait", "--json"))
    peak_mb = peak_mb_of_children(worker.pid)
    place.stop(worker)
    _say("holding them against the ledger")
    bank.load_django()
    from txhub.tests.statements.ledger import check, ledger_of

    ledger = ledger_of(files)
    began = time.perf_counter()
    checked = check(ledger)
    read_s = time.perf_counter() - began
    return [*_speed(report, checked, peak_mb, read_s), *_truth(report, checked)]


def _bring_in(bank: Bank, kind: str, path: Path) -> None:
    _say(f"bringing in {path.name}")
    bank.manage(
        *("ingest", str(path), "--kind", kind, "--profile", "hub", "--create-accounts", "--wait"),
    )


def _report(output: str) -> dict[str, object]:
    report: dict[str, object] = json.loads(output.splitlines()[-1])
    return report


def _speed(
    report: dict[str, object], checked: "Checked", peak_mb: float, read_s: float
) -> Iterator[Figure]:
    seconds = float(str(report["seconds"]))
    how = (
        f"{checked.statements:,} statements of {checked.accounts} accounts, {checked.lines:,}"
        f" lines, JSON and PDF, {WORKERS} worker processes, the job's own seconds"
    )
    yield Figure(
        name="statements_per_s", value=checked.statements / seconds, unit="statements/s", how=how
    )
    yield Figure(name="lines_per_s", value=checked.lines / seconds, unit="lines/s", how=how)
    yield Figure(
        name="worker_peak_mb",
        value=peak_mb,
        unit="MB",
        how="largest VmHWM among fresh worker processes",
    )
    yield Figure(
        name="read_per_s",
        value=checked.statements / read_s,
        unit="statements/s",
        how="JSON read, opened and parsed again, by 4 threads",
    )


def _truth(report: dict[str, object], checked: "Checked") -> Iterator[Figure]:
    how = "against the ledger in the feed's own lines, every account and month"
    yield Figure(
        name="accounts",
        value=checked.accounts,
        unit="accounts",
        aim=">= 500",
        how="with statements",
    )
    months = checked.statements / checked.accounts
    yield Figure(name="months", value=months, unit="months", aim=">= 18", how="for each account")
    counts = {
        "held": int(str(report["quarantined"])),
        "not_issued": checked.missing,
        "wrong_sums": checked.wrong_sums,
        "wrong_closings": checked.wrong_closings,
        "wrong_openings": checked.wrong_openings,
    }
    for name, value in counts.items():
        about = "not the closing of the one before" if name == "wrong_openings" else how
        yield Figure(name=name, value=value, unit="statements", aim="= 0", how=about)


def _say(line: str) -> None:
    print(f"  {line} ...", flush=True)
