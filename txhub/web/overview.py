"""The accounts overview: accounts in groups, with what each group holds."""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.money import Money
from txhub.domain.entities import ACCOUNT_TYPES, Account

# Above this many a customer gets a search over them; not more than `SHOWN_MAX` are listed.
SEARCH_ABOVE = 12
SHOWN_MAX = 100
_GROUPS = {"current": "Current accounts", "savings": "Savings", "card": "Cards"}
_OTHERS = "Other accounts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Accounts of one type. `total`: of the booked balances, where all have one in one currency."""

    name: str
    accounts: tuple[Account, ...]
    total: Money | None


def found_among(accounts: Iterable[Account], wanted: str) -> list[Account]:
    """The accounts whose name, or last digits, hold what the customer typed."""
    needle = wanted.strip().casefold()
    return [
        each
        for each in accounts
        if needle in each.name.casefold() or needle in each.number[-4:].casefold()
    ]


def groups_of(accounts: Iterable[Account]) -> list[Group]:
    """The accounts by type, groups and accounts in an order that does not change by itself."""
    by_group: dict[str, list[Account]] = {name: [] for name in (*_GROUPS.values(), _OTHERS)}
    for each in sorted(accounts, key=lambda account: (account.name.casefold(), account.number)):
        by_group[_GROUPS.get(each.type, _OTHERS)].append(each)
    return [
        Group(name=name, accounts=tuple(members), total=_total(members))
        for name, members in by_group.items()
        if members
    ]


def type_name(account: Account) -> str:
    return ACCOUNT_TYPES.get(account.type, account.type.capitalize())


def _total(accounts: list[Account]) -> Money | None:
    booked = [each.balances.booked for each in accounts]
    known = [each for each in booked if each is not None]
    one_currency = len({each.currency for each in known}) == 1
    if len(accounts) < 2 or len(known) < len(booked) or not one_currency:
        return None
    return Money(sum(each.minor for each in known), known[0].currency)
