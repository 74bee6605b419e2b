"""Addresses of the transactions list: what is in them, and the links from one to the next.

q, status, category, min_amount, max_amount, from, to     the filters, empty ones left out
cursor                                                     where the list begins
rows                                                       how many it shows, from there on
after                                                      only asked by htmx: the last month seen
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from kernel.money import Money
from txhub.templatetags.hub import plain_money

# With these, a page stays below 100 KB as it is, before any compression.
ROWS_A_PAGE = 30
ROWS_MAX = 180
_FILTERS = ("q", "status", "category", "min_amount", "max_amount", "from", "to")


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, in words; `without` is the address that leaves it out."""

    label: str
    without: str


def address(query: Mapping[str, str], **changes: str | None) -> str:
    """The list's address relative to the account's page: the filters of `query` with `changes`.

    Where the list begins and how much it shows are not carried over.
    """
    parts = {name: query.get(name, "") for name in _FILTERS} | changes
    encoded = urlencode({name: value for name, value in parts.items() if value})
    return f"?{encoded}" if encoded else "./"


def grown(page: str) -> str | None:
    """The address of the same page with one more helping of rows, so that coming back finds them.

    None where that would be more than a page should hold.
    """
    parts = urlsplit(page)
    query = dict(parse_qsl(parts.query))
    rows = rows_wanted(query) + ROWS_A_PAGE
    if rows > ROWS_MAX:
        return None
    return f"{parts.path}?{urlencode(query | {'rows': str(rows)})}"


def rows_wanted(query: Mapping[str, str]) -> int:
    """`rows` within its bounds; one page's worth for anything that is no number."""
    text = query.get("rows", "")
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else ROWS_A_PAGE
    return min(max(asked, ROWS_A_PAGE), ROWS_MAX)


def chips_of(chosen: Mapping[str, Any], query: Mapping[str, str], currency: str) -> list[Chip]:
    """The filters in force. `chosen` are the form's clean values."""
    return [
        Chip(_label(name, chosen[name], currency), address(query, **{name: None}))
        for name in _FILTERS
        if chosen.get(name) not in (None, "")
    ]


def _label(name: str, value: Any, currency: str) -> str:
    match name:
        case "q":
            return f"“{value}”"
        case "status":
            return f"Only {value}"
        case "min_amount":
            return f"At least {plain_money(Money(value, currency))}"
        case "max_amount":
            return f"At most {plain_money(Money(value, currency))}"
        case "from" | "to":
            return f"{name.capitalize()} {value.day} {value:%b %Y}"
    return str(value)


def tally(count: int, *, more: bool, filtered: bool, older: bool, short: bool = False) -> str:
    """How much there is, for the line above the list that is read aloud when it changes."""
    if count == 0:
        return "Nothing found yet" if more else "Nothing found" if filtered else ""
    if short:
        return f"{count} found so far"
    noun = "transaction" if count == 1 else "transactions"
    if older:
        return f"{count} older {noun}" + (", with more to come" if more else "")
    which = "The newest " if more else ""
    return f"{which}{count} {noun}" + (" found" if filtered else "")


def tally_appended(count: int, *, more: bool) -> str:
    """The same after more rows came in below."""
    if count == 0:
        return "Nothing more found so far" if more else "Nothing more found"
    return f"{count} more {'transaction' if count == 1 else 'transactions'} below"
