"""`/ops/cost/`: what DynamoDB costs, by what people count and by use-case, with the waste."""

import math
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from identity.staff import Role, requires_role
from kernel.clock import epoch_s, utc_now
from monitoring import money
from monitoring.conf import conf
from monitoring.domain.money import Spent
from monitoring.money import Account
from monitoring.queries import Range
from monitoring.web.pages import SPANS, page, span_named
from monitoring.web.texts import DASH, digits, scaled

_MONTH_S = 30 * 86_400
_SHOWN_MAX = 40


@require_safe
@requires_role(Role.VIEWER)
def cost(request: HttpRequest) -> HttpResponse:
    """Of a range up to now."""
    span = span_named(request.GET.get("range", "1d"))
    now = epoch_s(utc_now())
    account = money.account(Range(now - span.seconds, now), now=now)
    context = {
        "spans": SPANS,
        "span": span,
        "conf": conf(),
        "bills": [_bill(bill) for bill in account.bills],
        "rows": [_row(account, spent) for spent in account.spent[:_SHOWN_MAX]],
        "total": price(account.total),
        "wasted": price(account.wasted),
        "wasted_share": _percent(account.wasted / account.total if account.total else None),
        "month": price(account.total * _MONTH_S / account.seconds),
    }
    return page(request, "ops/cost.html", "cost", context)


def price(amount: float | None) -> str:
    """With as many decimals as it takes to show that it is not nothing."""
    if amount is None:
        return DASH
    if amount >= 1 or amount == 0:
        return f"{amount:,.2f}"
    decimals = 2 - math.floor(math.log10(amount))
    return f"{amount:.{decimals}f}".rstrip("0")


def _bill(bill: Any) -> dict[str, Any]:
    return {
        "title": bill.cost.title,
        "events": scaled(bill.events).strip(),
        "each": price(bill.each),
        "total": price(bill.total),
        "wasted": _percent(bill.wasted_share),
    }


def _row(account: Account, spent: Spent) -> dict[str, Any]:
    own = spent.price(account.prices)
    return {
        "use_case": spent.use_case,
        "read_units": scaled(spent.read_units).strip(),
        "write_units": scaled(spent.write_units).strip(),
        "failed": scaled(spent.failed).strip(),
        "fill": _percent(spent.fill),
        "price": price(own),
        "month": price(own * _MONTH_S / account.seconds),
        "wasted": _percent(spent.wasted(account.prices) / own if own else None),
    }


def _percent(share: float | None) -> str:
    return DASH if share is None else f"{digits(share * 100)} %"
