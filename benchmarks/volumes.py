"""What reading costs on accounts of 50, 5,000 and 100,000 transactions (docs/adr/0002-volumes.md).

Read units are computed from the items that came back, by AWS's rules: 4 KB a unit, half of that
where the read is eventually consistent, rounded up for each call. The engine reports a constant.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, percentile
from benchmarks.place import Place
from benchmarks.units import Cost, counted

if TYPE_CHECKING:
    from txhub.domain.entities import AccountId, CustomerId

SIZES = (50, 5_000, 100_000)
_FIRST_DAY, _DAYS = date(2025, 1, 1), 546  # eighteen months
_MONTH = (date(2025, 9, 1), date(2025, 9, 30))
_REPETITIONS = 11
_STORE_TOGETHER = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """A customer who reads one account, as the API does: account first, then the page."""

    customer: "CustomerId"
    account: "AccountId"

    def page(self, cursor: str | None = None, limit: int = 50, **wanted: object) -> str | None:
        """Reads a page; the cursor of the next one."""
        from txhub import queries
        from txhub.domain.filters import TransactionFilter

        account = queries.account_for(self.customer, self.account)
        asked = TransactionFilter(**wanted)  # type: ignore[arg-type]
        return queries.transactions_page(account, asked, cursor=cursor, limit=limit).next_cursor

    def cursor_after(self, rows: int) -> str | None:
        cursor: str | None = None
        for _page in range(rows // 200):
            cursor = self.page(cursor, limit=200)
        return cursor if rows >= 200 else self.page(limit=max(1, rows))

    def month(self) -> None:
        """All of a month, in pages of 200."""
        first, last = _MONTH
        cursor = self.page(limit=200, from_day=first, to_day=last)
        while cursor:
            cursor = self.page(cursor, limit=200, from_day=first, to_day=last)


def run(place: Place) -> list[Figure]:
    place.new_bank().load_django()
    return [figure for size in SIZES for figure in _figures_of(size)]


def _figures_of(size: int) -> list[Figure]:
    print(f"storing {size:,} transactions ...", flush=True)
    reader = _filled_account(size)
    middle = reader.cursor_after(size // 2)
    reads: dict[str, tuple[str, Callable[[], object]]] = {
        "newest": ("newest page of 50", lambda: reader.page()),
        "middle": ("page of 50 in the middle, by cursor", lambda: reader.page(middle)),
        "month": ("a statement month, in pages of 200", reader.month),
        "search": ("one call of q that finds nothing", lambda: reader.page(q="no such words")),
    }
    return [
        figure
        for name, (how, read) in reads.items()
        for figure in _measured(f"{name}_of_{size}", how, read)
    ]


def _measured(name: str, how: str, read: Callable[[], object]) -> list[Figure]:
    with counted() as cost:
        read()
    took = [_seconds(read) for _repetition in range(_REPETITIONS)]
    return [
        Figure(name=f"{name}_calls", value=cost.calls, unit="calls", how=how),
        Figure(name=f"{name}_read_units", value=cost.read_units, unit="units", how=_units(cost)),
        Figure(name=f"{name}_p50_ms", value=percentile(took, 50) * 1000, unit="ms", how=how),
    ]


def _units(cost: Cost) -> str:
    return f"AWS's rules on {cost.item_bytes:,} bytes of items"


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _filled_account(size: int) -> _Reader:
    from txhub.services import store_entries
    from txhub.tests.people import an_entry, new_account, new_customer

    customer = new_customer("bench")
    account = new_account(customer)
    numbers = range(size)
    for start in range(0, size, _STORE_TOGETHER):
        store_entries(
            [
                an_entry(account, str(number), _day(number, size), -100 - number % 9_000)
                for number in numbers[start : start + _STORE_TOGETHER]
            ]
        )
    return _Reader(customer=customer, account=account)


def _day(number: int, size: int) -> date:
    """Evenly spread, oldest first, as a historical load brings them."""
    return _FIRST_DAY + timedelta(days=number * _DAYS // size)
