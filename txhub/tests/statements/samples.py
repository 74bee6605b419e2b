"""Transactions for statements: an account's book, with the balances that a core would send."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kernel.money import Money
from txhub.domain.entities import Account, AccountId, Merchant, Transaction, TransactionId
from txhub.domain.entries import Kind, SourcedEntry, Status
from txhub.services import store_entries
from txhub.statements import queries
from txhub.statements.domain.months import Month, Period, period_of
from txhub.statements.domain.statement import Statement
from txhub.statements.repository import STATEMENT_INDEX
from txhub.tests.people import an_entry

MAY = period_of(date(2026, 5, 5), None)


def an_account(currency: str = "GBP") -> Account:
    return Account(
        account_id=AccountId("acc_1"),
        name="Everyday",
        type="current",
        number="40271655",
        currency=currency,
    )


def a_transaction(
    day: date, minor: int, balance: int | None = None, *, currency: str = "GBP", **facts: Any
) -> Transaction:
    """A posted one; `balance` is the core's, after it."""
    given: dict[str, Any] = {
        "transaction_id": TransactionId(f"txn_{secrets.token_hex(8)}"),
        "account_id": AccountId("acc_1"),
        "status": Status.POSTED,
        "kind": Kind.CARD,
        "amount": Money(minor, currency),
        "description": "CORNER COFFEE 12 LEEDS",
        "merchant": Merchant(name="Corner Coffee", category="Eating out", country="GB"),
        "occurred_on": day,
        "occurred_at": None,
        "posted_on": day,
        "value_on": day,
        "balance": None if balance is None else Money(balance, currency),
    }
    return Transaction(**(given | facts))


def day_in(period: Period, number: int) -> date:
    """A day of the period, `number` days after its first."""
    return date.fromordinal(period.first_day.toordinal() + number)


@dataclass(slots=True)
class Book:
    """An account at the core: it numbers what is booked and keeps the running balance."""

    account: AccountId
    balance: int = 100_000
    has_balances: bool = True
    currency: str = "GBP"
    booked: list[SourcedEntry] = field(default_factory=list)

    def book(self, day: date, minor: int, **facts: Any) -> SourcedEntry:
        """Books without telling the hub yet."""
        self.balance += minor
        if self.has_balances:
            facts["balance_minor"] = self.balance
        reference = str(len(self.booked))
        entry = an_entry(self.account, reference, day, minor, currency=self.currency, **facts)
        self.booked.append(entry)
        return entry

    def send(self, day: date, minor: int, **facts: Any) -> SourcedEntry:
        """Books, and the hub stores it."""
        entry = self.book(day, minor, **facts)
        store_entries([entry])
        return entry


def current(account: AccountId) -> dict[str, Statement]:
    """The current version of every month, by its name, oldest first."""
    versions = {each.month: each for each in reversed(STATEMENT_INDEX.versions(account))}
    return {str(month): queries.content(version) for month, version in versions.items()}


def ids_on(statements: Iterable[Statement]) -> list[str]:
    return [line.transaction_id for each in statements for line in each.lines]


def month(text: str) -> Month:
    return Month.named(text)
