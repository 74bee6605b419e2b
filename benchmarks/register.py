"""What finding an id costs, and storing one row more (docs/adr/0002-volumes.md).

On accounts of 50, 5,000 and 100,000 transactions, and on one that 500 files of one row each have
made. Units are AWS's rules on what was sent and came back; the engine reports constants.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, percentile
from benchmarks.place import Place
from benchmarks.sizes import size
from benchmarks.units import Cost, counted

if TYPE_CHECKING:
    from txhub.domain.entities import AccountId, CustomerId

# Name -> rows, and how many of them are stored together.
_ACCOUNTS = {
    "50": (50, 50),
    "5000": (5_000, 1_000),
    "100000": (100_000, 1_000),
    "500_files": (500, 1),
}
_ROWS_MAX = size("ROWS_MAX", 100_000)  # larger accounts are left out
_FIRST_DAY, _DAYS = date(2025, 1, 1), 546  # eighteen months
_REPETITIONS = 21


@dataclass(slots=True, kw_only=True)
class _Account:
    """An account and its owner; `rows` are stored, and may be more by now."""

    customer: "CustomerId"
    account: "AccountId"
    rows: int = 0

    def store(self, count: int, day: Callable[[int], date]) -> None:
        from txhub.services import store_entries
        from txhub.tests.people import an_entry

        numbers = range(self.rows, self.rows + count)
        store_entries(
            [an_entry(self.account, str(each), day(each), -100 - each) for each in numbers]
        )
        self.rows += count

    def show_one(self) -> None:
        """As a transaction's page does: the account and its owners first."""
        from txhub import queries
        from txhub.tests.people import an_entry

        wanted = an_entry(self.account, str(self.rows // 2), _FIRST_DAY).transaction_id
        queries.transaction(queries.account_for(self.customer, self.account), wanted)

    def store_one_more(self) -> None:
        """As the next day's file does."""
        self.store(1, lambda _number: _FIRST_DAY + timedelta(days=_DAYS - 1))


def run(place: Place) -> list[Figure]:
    place.new_bank().load_django()
    wanted = [name for name, (rows, _) in _ACCOUNTS.items() if rows <= _ROWS_MAX]
    return [figure for name in wanted for figure in _figures_of(name)]


def _figures_of(name: str) -> list[Figure]:
    print(f"storing {name} ...", flush=True)
    account = _filled(*_ACCOUNTS[name])
    return [
        *_measured(f"one_of_{name}", "one transaction by its id", account.show_one),
        *_measured(f"one_more_of_{name}", "a file of one new row", account.store_one_more),
    ]


def _filled(rows: int, together: int) -> _Account:
    from txhub.tests.people import new_account, new_customer

    customer = new_customer("bench")
    filled = _Account(customer=customer, account=new_account(customer))
    while filled.rows < rows:
        filled.store(together, lambda number: _FIRST_DAY + timedelta(days=number * _DAYS // rows))
    return filled


def _measured(name: str, how: str, act: Callable[[], None]) -> list[Figure]:
    act()  # the writer tidies up what the one before left
    costs, took = [], []
    for _repetition in range(_REPETITIONS):
        with counted() as cost:
            began = time.perf_counter()
            act()
            took.append(time.perf_counter() - began)
        costs.append(cost)
    return [
        *_units(name, how, costs),
        Figure(name=f"{name}_p50_ms", value=percentile(took, 50) * 1000, unit="ms", how=how),
    ]


def _units(name: str, how: str, costs: list[Cost]) -> list[Figure]:
    """Means: what is too full is poured now and then, and then costs more."""
    count = len(costs)
    means = {
        "calls": sum(cost.calls for cost in costs) / count,
        "read_units": sum(cost.read_units for cost in costs) / count,
        "write_units": sum(cost.write_units for cost in costs) / count,
    }
    return [
        Figure(name=f"{name}_{what}", value=value, unit=what.replace("_", " "), how=f"mean: {how}")
        for what, value in means.items()
        if value
    ]
