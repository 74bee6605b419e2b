"""Customers' pages of statements: the list by year, one of them, and its PDF."""

from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity.web.guards import CustomerRequest, customer_required
from kernel.money import Money
from txhub import queries
from txhub.domain.entities import Account, CustomerId
from txhub.statements import queries as statements
from txhub.statements.domain.months import Month
from txhub.statements.domain.statement import Line, StatementKind, Sums
from txhub.statements.repository import Form, StatementMissing, StatementVersion
from txhub.statements.wording import (
    KIND_NAMES,
    UNCATEGORISED,
    foreign,
    month_name,
    notes_of,
    title_of,
)
from txhub.web.overview import type_name

# A page stays small; who wants all of a long statement in one piece takes the PDF.
LINES_A_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A statement in the list. `sums`: of the account's own currency."""

    version: StatementVersion
    name: str
    is_summary: bool
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year's statements, newest first."""

    year: int
    statements: tuple[Listed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line as the page shows it."""

    line: Line
    title: str
    note: str
    original: Money | None


@require_safe
@customer_required
def listing(request: CustomerRequest, account_id: str) -> HttpResponse:
    """`/accounts/ID/statements/`"""
    account = _account(request, account_id)
    context = {
        "section": "accounts",
        "account": account,
        "type_name": type_name(account),
        "years": years_of(statements.statements_of(account.account_id)),
    }
    return render(request, "txhub/statements.html", context)


@require_safe
@customer_required
def statement(request: CustomerRequest, account_id: str, month: str) -> HttpResponse:
    """`/accounts/ID/statements/2026-11/`, with `?version=1` for one that was corrected since."""
    account = _account(request, account_id)
    versions = statements.versions_of(account.account_id, Month.named(month))
    shown = statements.chosen(versions, _asked_version(request))
    content = statements.content(shown)
    lines = Paginator(content.lines, LINES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "accounts",
        "account": account,
        "statement": content,
        "title": f"{KIND_NAMES[content.kind]}, {month_name(content.month)}",
        "is_summary": content.kind is StatementKind.ACTIVITY_SUMMARY,
        "uncategorised": UNCATEGORISED,
        "is_current": shown is versions[0],
        "others": [each for each in versions if each is not shown],
        "lines": lines,
        "rows": [_row(each) for each in lines],
        "is_first_page": lines.number == 1,
    }
    return render(request, "txhub/statement.html", context)


@require_safe
@customer_required
def pdf(request: CustomerRequest, account_id: str, month: str) -> HttpResponse:
    """`/accounts/ID/statements/2026-11.pdf`, with `?version=1` likewise."""
    account = _account(request, account_id)
    versions = statements.versions_of(account.account_id, Month.named(month))
    shown = statements.chosen(versions, _asked_version(request))
    return HttpResponse(
        statements.written(shown, Form.PDF),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{shown.file_name}.pdf"'},
    )


def years_of(found: list[StatementVersion]) -> list[Year]:
    """The statements, which come newest first, by the year of their closing."""
    grouped = groupby(found, key=lambda each: each.month.year)
    return [Year(year=year, statements=tuple(map(_listed, group))) for year, group in grouped]


def _listed(version: StatementVersion) -> Listed:
    return Listed(
        version=version,
        name=month_name(version.month),
        is_summary=version.kind is StatementKind.ACTIVITY_SUMMARY,
        sums=version.sums[0],
    )


def _row(line: Line) -> Row:
    return Row(
        line=line,
        title=title_of(line),
        note=" · ".join(notes_of(line)),
        original=foreign(line),
    )


def _asked_version(request: CustomerRequest) -> int | None:
    asked = request.GET.get("version")
    if asked is None:
        return None
    if not asked.isdecimal():
        raise StatementMissing
    return int(asked)


def _account(request: CustomerRequest, account_id: str) -> Account:
    return queries.account_for(CustomerId(request.customer.customer_id), account_id)
