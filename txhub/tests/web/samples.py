"""Accounts and transactions that never saw a database, for tests of how they are shown."""

from datetime import date
from typing import Any

from kernel.money import Money
from txhub.domain.entities import (
    Account,
    AccountId,
    Balances,
    Merchant,
    Transaction,
    TransactionId,
)
from txhub.domain.entries import Kind, Status


def pounds(minor: int) -> Money:
    return Money(minor, "GBP")


def an_account(name: str = "Everyday", booked: Money | None = None, **facts: Any) -> Account:
    given: dict[str, Any] = {
        "account_id": AccountId(f"acc_{name}"),
        "name": name,
        "type": "current",
        "number": "40271655",
        "currency": booked.currency if booked else "GBP",
        "balances": Balances(booked=booked),
    }
    return Account(**(given | facts))


def a_transaction(day: date, **facts: Any) -> Transaction:
    given: dict[str, Any] = {
        "transaction_id": TransactionId("txn_1"),
        "account_id": AccountId("acc_1"),
        "status": Status.POSTED,
        "kind": Kind.CARD,
        "amount": pounds(-1250),
        "description": "CORNER COFFEE 12 LEEDS",
        "merchant": Merchant(name="Corner Coffee", category="Eating out", country="GB"),
        "occurred_on": day,
        "occurred_at": None,
        "posted_on": day,
        "value_on": day,
    }
    return Transaction(**(given | facts))
