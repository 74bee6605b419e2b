"""Statements for a generated bank, and whether each says what the bank's own ledger says.

The ledger is read from the feed files as text, without a line of the hub's: what moved on each
account in each month, and the balance that the core says after the month's last posting.
"""

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.place import Bank, Place
from benchmarks.processes import peak_mb_of_children

if TYPE_CHECKING:
    from txhub.statements.domain.statement import Statement

CUSTOMERS, MONTHS, SEED = 12, 18, 11
UNTIL = date(2026, 6, 30)
WORKERS = 2
_READERS = 4


@dataclass(slots=True)
class Month:
    """What the ledger says of one account's month, in minor units."""

    money_in: int = 0
    money_out: int = 0
    count: int = 0
    balance: int = 0  # after its last posting


Ledger = dict[str, dict[str, Month]]  # account number -> "2026-06" -> what moved


@dataclass(slots=True)
class Checked:
    """Statements that were held against the ledger, and how many differ in what."""

    statements: int = 0
    accounts: int = 0
    lines: int = 0
    wrong_sums: int = 0
    wrong_openings: int = 0
    wrong_closings: int = 0
    missing: int = field(default=0)


def run(place: Place) -> list[Figure]:
    bank = place.new_bank()
    folder = place.folder / "feed"
    _say(f"generating {CUSTOMERS} customers, {MONTHS} months")
    bank.manage(
        *("generate_feed", "--customers", str(CUSTOMERS), "--months", str(MONTHS)),
        *("--seed", str(SEED), "--until", UNTIL.isoformat(), "--out", str(folder)),
    )
    worker = bank.start_worker(WORKERS)
    for path in (folder / f"{kind}-{UNTIL}.hub" for kind in ("historical", "daily")):
        _bring_in(bank, path)
    place.stop(worker)
    worker = bank.start_worker(WORKERS)  # afresh, so that its memory is that of statements
    _say("issuing")
    report = _report(bank.manage("statements", "--closing", str(UNTIL), "--wait", "--json"))
    peak_mb = peak_mb_of_children(worker.pid)
    place.stop(worker)
    bank.load_django()
    _say("holding them against the ledger")
    began = time.perf_counter()
    checked = check(ledger_of(folder))
    read_s = time.perf_counter() - began
    return [*_speed(report, checked, peak_mb, read_s), *_truth(report, checked)]


def ledger_of(folder: Path) -> Ledger:
    """From the feed's own lines, in their order; an amended one takes the first one's place."""
    rows: dict[str, list[str]] = {}
    for path in (folder / f"{kind}-{UNTIL}.hub" for kind in ("historical", "daily")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = line.split("|")
            if record[0] == "D":
                rows[record[2]] = record
    ledger: Ledger = defaultdict(lambda: defaultdict(Month))
    for record in rows.values():
        _add(ledger[record[3]][record[8][:7]], record)
    return ledger


def check(ledger: Ledger) -> Checked:
    """Every account's statements, decrypted, beside what the ledger says."""
    checked = Checked()
    with ThreadPoolExecutor(_READERS) as pool:
        for number, statements in zip(ledger, pool.map(_statements_of, ledger), strict=True):
            checked.accounts += 1
            _check_account(ledger[number], statements, checked)
    return checked


def _add(month: Month, record: list[str]) -> None:
    minor = int(record[6])
    if record[5] == "C":
        month.money_in += minor
    else:
        month.money_out -= minor
    month.count += 1
    month.balance = int(record[19])


def _statements_of(number: str) -> "list[Statement]":
    """Oldest first."""
    from aws.vault import vault
    from txhub.domain.naming import account_id
    from txhub.statements import queries

    account = account_id(vault().id_key("accounts"), "bank", number)
    return [queries.content(each) for each in reversed(queries.statements_of(account))]


def _check_account(
    months: dict[str, Month], statements: "list[Statement]", checked: Checked
) -> None:
    before: int | None = None
    balance = 0
    stated = {str(each.month) for each in statements}
    checked.missing += len(months.keys() - stated)
    for each in statements:
        (sums,) = each.sums
        opening, closing = sums.opening, sums.closing
        assert opening is not None, "the generated core supplies balances"
        assert closing is not None, "the generated core supplies balances"
        said = months.get(str(each.month), Month(balance=balance))
        balance = said.balance if said.count else (balance or opening.minor)
        found = (sums.money_in.minor, sums.money_out.minor, len(each.lines))
        checked.statements += 1
        checked.lines += len(each.lines)
        checked.wrong_sums += found != (said.money_in, said.money_out, said.count)
        checked.wrong_openings += before is not None and opening.minor != before
        checked.wrong_closings += closing.minor != balance
        before = closing.minor


def _bring_in(bank: Bank, path: Path) -> None:
    kind = path.name.partition("-")[0]
    _say(f"bringing in {path.name}")
    bank.manage(
        *("ingest", str(path), "--kind", kind, "--profile", "hub", "--create-accounts", "--wait"),
    )


def _report(output: str) -> dict[str, object]:
    report: dict[str, object] = json.loads(output.splitlines()[-1])
    return report


def _speed(
    report: dict[str, object], checked: Checked, peak_mb: float, read_s: float
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
        how=f"JSON read and opened again, {_READERS} threads",
    )


def _truth(report: dict[str, object], checked: Checked) -> Iterator[Figure]:
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
