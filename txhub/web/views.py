"""Customers' pages. Each is one call of a query and one template."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from identity.web.guards import CustomerRequest, customer_required
from identity.web.sign_in import sign_in
from txhub import queries
from txhub.domain.entities import Account, CustomerId, Transaction
from txhub.domain.entries import Status
from txhub.domain.filters import TransactionFilter
from txhub.repository import TransactionMissing
from txhub.web import listing, overview, rows, spending
from txhub.web.disputes import DisputeForm
from txhub.web.forms import FilterForm

# Pending entries are few; whoever has more finds all of them behind the status filter.
_PENDING_MAX = 10
# A list that fits a screen or two needs no word that it has ended.
_LONG = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one page of the list holds. `short`: the search stopped before the page was full."""

    pending: tuple[Transaction, ...] = ()
    more_pending: bool = False
    transactions: tuple[Transaction, ...] = ()
    next_cursor: str | None = None
    short: bool = False


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """`/`: the accounts of whoever is signed in, the sign-in page for anybody else."""
    is_signed_in = getattr(request, "customer", None) is not None
    return accounts(request) if is_signed_in else sign_in(request)


@customer_required
def accounts(request: CustomerRequest) -> HttpResponse:
    """The overview, with a search over the accounts of those who have many."""
    owned = queries.accounts_of(CustomerId(request.customer.customer_id))
    wanted = request.GET.get("find", "")
    found = overview.found_among(owned, wanted)
    context = {
        "section": "accounts",
        "groups": overview.groups_of(found[: overview.SHOWN_MAX]),
        "wanted": wanted,
        "searchable": len(owned) > overview.SEARCH_ABOVE,
        "count": len(found),
        "shown_max": overview.SHOWN_MAX,
        "owned": len(owned),
        "today": timezone.localdate(),
    }
    return render(request, "txhub/accounts.html", context)


@require_safe
@customer_required
def account(request: CustomerRequest, account_id: str) -> HttpResponse:
    """`/accounts/ID/`: the list of transactions, or the piece of it that htmx asks for."""
    owned = _account(request, account_id)
    form = FilterForm(request.GET, currency=owned.currency)
    context: dict[str, Any] = {
        "section": "accounts",
        "account": owned,
        "type_name": overview.type_name(owned),
        "form": form,
        "today": timezone.localdate(),
    }
    if not form.is_valid():
        context["tally"] = "Please correct the filters"
        return _list_page(request, context, status=422)
    found = _found(owned, form.as_filter(), request)
    context |= _list_context(found, form, request)
    if _htmx(request).target == "ledger":
        return _appended(request, context, found)
    return _list_page(request, context | _spending_context(owned, request))


@require_safe
@customer_required
def transaction(request: CustomerRequest, account_id: str, transaction_id: str) -> HttpResponse:
    """`/accounts/ID/transactions/TXN/`: everything there is to know about one."""
    owned = _account(request, account_id)
    shown = queries.transaction(owned, transaction_id)
    context = {
        "section": "accounts",
        "account": owned,
        "txn": shown,
        "title": rows.title_of(shown),
        "kind": rows.KIND_NAMES[shown.kind],
        "pending_as": rows.pending_as(shown),
        "related": rows.related_to(shown, _linked(owned, shown)),
        "dispute": queries.dispute_about(shown),
        "dispute_form": DisputeForm(),
        "today": timezone.localdate(),
    }
    return render(request, "txhub/transaction.html", context)


def _account(request: CustomerRequest, account_id: str) -> Account:
    return queries.account_for(CustomerId(request.customer.customer_id), account_id)


def _found(owned: Account, chosen: TransactionFilter, request: HttpRequest) -> Found:
    cursor = request.GET.get("cursor") or None
    wanted = chosen if chosen.status else replace(chosen, status=Status.POSTED)
    found = _helpings(owned, wanted, cursor, listing.rows_wanted(request.GET))
    if chosen.status or cursor:
        return found
    above = replace(chosen, status=Status.PENDING)
    pending = queries.transactions_page(owned, above, cursor=None, limit=_PENDING_MAX)
    more = pending.next_cursor is not None
    return replace(found, pending=pending.transactions, more_pending=more)


def _helpings(owned: Account, wanted: TransactionFilter, cursor: str | None, rows: int) -> Found:
    """Page after page, as "Show more" once asked for them: each looks through a bounded number of
    rows, so whoever comes back to a long search finds all that it had found."""
    transactions: list[Transaction] = []
    for _helping in range(rows // listing.ROWS_A_PAGE):
        limit = listing.ROWS_A_PAGE
        page = queries.transactions_page(owned, wanted, cursor=cursor, limit=limit)
        transactions += page.transactions
        cursor = page.next_cursor
        if cursor is None:
            break
    is_short = cursor is not None and len(page.transactions) < limit
    return Found(transactions=tuple(transactions), next_cursor=cursor, short=is_short)


def _list_context(found: Found, form: FilterForm, request: HttpRequest) -> dict[str, Any]:
    after = request.GET.get("after", "")
    months = rows.months_of(found.transactions, after=after)
    count = len(found.pending) + len(found.transactions)
    more, is_older = found.next_cursor is not None, bool(request.GET.get("cursor"))
    chips = listing.chips_of(form.cleaned_data, request.GET, form.currency)
    return {
        "pending": rows.rows_of(found.pending),
        "more_pending": found.more_pending,
        "months": months,
        "tally": listing.tally(
            count, more=more, filtered=bool(chips), older=is_older, short=found.short
        ),
        "is_long": len(found.transactions) > _LONG,
        "short": found.short,
        "chips": chips,
        "categories": rows.categories_of((*found.pending, *found.transactions)),
        "more": found.next_cursor and listing.address(request.GET, cursor=found.next_cursor),
        "seen_until": months[-1].key if months else after,
        "is_older": is_older,
        "newest": listing.address(request.GET),
        "only_pending": listing.address(request.GET, status="pending"),
        "status": form.cleaned_data["status"],
    }


def _spending_context(owned: Account, request: HttpRequest) -> dict[str, Any]:
    """Only above the whole list: whoever looks for something has no need of it."""
    if request.GET or _htmx(request).target == "results":
        return {}
    months = spending.months_of(owned, spending.MONTHS_ON_ACCOUNT)
    return {"chart": spending.chart_of(months, owned.currency), "width": spending.WIDTH}


def _list_page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    whole = _htmx(request).target != "results"
    template = "txhub/account.html" if whole else "txhub/_results.html"
    return render(request, template, {**context, "partial": not whole}, status=status)


def _appended(request: HttpRequest, context: dict[str, Any], found: Found) -> HttpResponse:
    more = found.next_cursor is not None
    context["tally"] = listing.tally_appended(len(found.transactions), more=more)
    # The link that was pressed goes away; whoever uses the keyboard goes on with what came.
    context["focused"] = context["months"][0].rows[0] if context["months"] else None
    response = render(request, "txhub/_appended.html", context)
    if address := listing.grown(_htmx(request).current_url_abs_path or ""):
        response["HX-Replace-Url"] = address
    return response


def _htmx(request: HttpRequest) -> HtmxDetails:
    details: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by its middleware
    return details


def _linked(owned: Account, shown: Transaction) -> list[Transaction]:
    ids = dict.fromkeys((*((shown.reversal_of,) if shown.reversal_of else ()), *shown.links))
    found = []
    for each in list(ids)[: rows.RELATED_MAX]:
        try:
            found.append(queries.transaction(owned, each))
        except TransactionMissing:
            continue  # older than what is kept: its facts are gone, the others are still shown
    # What it was while it was pending leads to itself.
    others = {each.transaction_id: each for each in found}
    others.pop(shown.transaction_id, None)
    return list(others.values())
