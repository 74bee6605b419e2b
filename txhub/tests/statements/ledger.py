"""The generated bank's own ledger: what moved on each account in each month, and the balance that
the core says after its last posting. Read from the feed files as text, without the hub's code.
"""

from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from aws.vault import vault
from txhub.domain.entities import AccountId
from txhub.domain.naming import account_id
from txhub.statements import queries
from txhub.statements.domain.statement import Statement

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
    missing: int = 0

    @property
    def faults(self) -> int:
        return self.missing + self.wrong_sums + self.wrong_openings + self.wrong_closings


def ledger_of(files: Iterable[Path]) -> Ledger:
    """From the `D` records, in their order; an amended one takes the first one's place."""
    rows: dict[str, list[str]] = {}
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            record = line.split("|")
            if record[0] == "D":
                rows[record[2]] = record
    ledger: Ledger = defaultdict(lambda: defaultdict(Month))
    for record in rows.values():
        _add(ledger[record[3]][record[8][:7]], record)
    return ledger


def account_of(number: str) -> AccountId:
    return account_id(vault().id_key("accounts"), "bank", number)


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


def _statements_of(number: str) -> list[Statement]:
    """Oldest first."""
    found = queries.statements_of(account_of(number))
    return [queries.content(each) for each in reversed(found)]


def _check_account(months: dict[str, Month], statements: list[Statement], checked: Checked) -> None:
    closed: int | None = None  # what the statement before closed with
    checked.missing += len(months.keys() - {str(each.month) for each in statements})
    for each in statements:
        (sums,) = each.sums
        opening, closing = sums.opening, sums.closing
        assert opening is not None, "the generated core supplies balances"
        assert closing is not None, "the generated core supplies balances"
        said = months.get(str(each.month)) or Month(balance=closed or opening.minor)
        found = (sums.money_in.minor, sums.money_out.minor, len(each.lines))
        checked.statements += 1
        checked.lines += len(each.lines)
        checked.wrong_sums += found != (said.money_in, said.money_out, said.count)
        checked.wrong_openings += closed not in (None, opening.minor)
        checked.wrong_closings += closing.minor != said.balance
        closed = closing.minor
