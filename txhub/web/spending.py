"""Spending by category and month: the chart, and the page that it leads to.

The chart is a table of months whose bars are drawn beside the amounts; so it needs no script, and
whoever does not see it reads the same.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from identity.web.guards import CustomerRequest, customer_required
from kernel.money import Money
from txhub import queries
from txhub.domain.entities import Account, CustomerId
from txhub.domain.entries import Kind
from txhub.domain.summaries import Purpose
from txhub.queries import MonthOfSpending
from txhub.statements.domain.months import Month
from txhub.statements.wording import UNCATEGORISED, month_name
from txhub.web.overview import type_name

MONTHS_ON_ACCOUNT, MONTHS_ON_PAGE = 6, 12
# More shades than these nobody tells apart; what is left is one band.
_NAMED_MAX = 4
_REST = "Everything else"
_KIND_NAMES = {
    Kind.PAYMENT: "Bills and payments",
    Kind.TRANSFER: "Transfers",
    Kind.CASH: "Cash",
    Kind.FEE: "Fees",
    Kind.INTEREST: "Interest",
}
WIDTH = 1000  # of the longest bar

Spent = Counter[Purpose]  # in minor units of the account's currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A piece of a bar, or a line of the legend: `shade` names its colour."""

    name: str
    shade: int
    begins: int = 0
    width: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A month of the chart."""

    month: Month
    first_day: date
    spent: Money
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Months, oldest first. `others`: currencies that are left out, since they do not add up."""

    bars: tuple[Bar, ...]
    legend: tuple[Band, ...]
    others: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not self.legend


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A category of one month. `query`: of the list of its transactions; empty where none can be
    asked for."""

    name: str
    spent: Money
    width: int
    query: str


@require_safe
@customer_required
def spending(request: CustomerRequest, account_id: str) -> HttpResponse:
    """`/accounts/ID/spending/`: twelve months, and the categories of one: `?month=2026-11`."""
    account = queries.account_for(CustomerId(request.customer.customer_id), account_id)
    months = months_of(account, MONTHS_ON_PAGE)
    chosen = _chosen(months, request.GET.get("month", ""))
    context: dict[str, Any] = {
        "section": "accounts",
        "account": account,
        "type_name": type_name(account),
        "chart": chart_of(months, account.currency),
        "width": WIDTH,
        "chosen": chosen.month,
        "chosen_name": month_name(chosen.month),
        "rows": rows_of(chosen, account.currency),
        "total": Money(spent_in(chosen, account.currency).total(), account.currency),
    }
    return render(request, "txhub/spending.html", context)


def months_of(account: Account, number: int) -> list[MonthOfSpending]:
    return queries.spending(account, Month.of(timezone.localdate()), number)


def chart_of(months: Sequence[MonthOfSpending], currency: str) -> Chart:
    """Bars of one scale, in which the largest categories of all months have a band of their own."""
    spent = [spent_in(each, currency) for each in months]
    largest = sum(spent, Spent()).most_common(_NAMED_MAX)
    named = [purpose for purpose, minor in largest if minor > 0]
    longest = max((sum(bands.values()) for bands in (+each for each in spent)), default=0)
    pairs = zip(months, spent, strict=True)
    bars = tuple(_bar(each.month, sums, named, longest, currency) for each, sums in pairs)
    names = [Band(name=name_of(purpose), shade=shade) for shade, purpose in enumerate(named, 1)]
    has_rest = any(band.shade == 0 for bar in bars for band in bar.bands)
    rest = [Band(name=_REST, shade=0)] if has_rest else []
    others = {each.currency for month in months for each in month.spending} - {currency}
    return Chart(bars=bars, legend=(*names, *rest), others=tuple(sorted(others)))


def rows_of(month: MonthOfSpending, currency: str) -> list[Row]:
    """The categories of a month, largest first; those of which nothing was spent are left out."""
    spent = [
        (purpose, minor) for purpose, minor in spent_in(month, currency).most_common() if minor
    ]
    longest = max((minor for _purpose, minor in spent), default=0)
    return [
        Row(
            name=name_of(purpose),
            spent=Money(minor, currency),
            width=_scaled(minor, longest),
            query=_query(purpose, month.month),
        )
        for purpose, minor in spent
    ]


def spent_in(month: MonthOfSpending, currency: str) -> Spent:
    spent = Spent()
    for each in month.spending:
        if each.currency == currency:
            spent[each.purpose] += each.spent
    return spent


def name_of(purpose: Purpose) -> str:
    if purpose.kind is not None:
        return _KIND_NAMES[purpose.kind]
    return purpose.category or UNCATEGORISED


def _bar(month: Month, spent: Spent, named: list[Purpose], longest: int, currency: str) -> Bar:
    rest = sum((+spent).values()) - sum((+spent)[purpose] for purpose in named)
    bands = [
        Band(name=name_of(purpose), shade=shade, width=_scaled(spent[purpose], longest))
        for shade, purpose in enumerate(named, 1)
    ]
    bands.append(Band(name=_REST, shade=0, width=_scaled(rest, longest)))
    return Bar(
        month=month,
        first_day=date(month.year, month.number, 1),
        spent=Money(spent.total(), currency),
        bands=tuple(_side_by_side(bands)),
    )


def _side_by_side(bands: Iterable[Band]) -> Iterable[Band]:
    begins = 0
    for band in bands:
        if band.width:
            yield replace(band, begins=begins)
        begins += band.width


def _scaled(minor: int, longest: int) -> int:
    """More was given back than spent: no bar."""
    return max(minor, 0) * WIDTH // longest if longest > 0 else 0


def _query(purpose: Purpose, month: Month) -> str:
    if not purpose.category:
        return ""
    first, last = date(month.year, month.number, 1), month.closing(None)
    asked = {"category": purpose.category, "from": first.isoformat(), "to": last.isoformat()}
    return urlencode(asked)


def _chosen(months: Sequence[MonthOfSpending], asked: str) -> MonthOfSpending:
    """The month that was asked for, else the last."""
    return next((each for each in months if str(each.month) == asked), months[-1])
