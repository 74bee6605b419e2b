"""Pending purchases and their postings, as the tests tell of them."""

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kernel.money import Money
from txhub.domain.entities import AccountId, Merchant, Transaction, TransactionId
from txhub.domain.entries import Kind, Status
from txhub.domain.matching import Candidate, Decision, Matched, match

MONDAY = date(2026, 3, 2)


def at(hour: int, minute: int = 0, second: int = 0, *, day: date = MONDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC)


def pending(minor: int = -2350, day: date = MONDAY, **facts: Any) -> Transaction:
    """A card purchase that is authorised; `facts` override."""
    return _transaction(minor, Status.PENDING, **{"occurred_on": day, "posted_on": None, **facts})


def posted(minor: int = -2350, day: date = MONDAY + timedelta(days=1), **facts: Any) -> Transaction:
    """A posting booked on `day`; unless it says so it does not tell when it was bought."""
    return _transaction(minor, Status.POSTED, **{"occurred_on": day, "posted_on": day, **facts})


def candidate(minor: int = -2350, day: date = MONDAY, **facts: Any) -> Candidate:
    """Open and untouched, unless `captured_minor` or `ends_on` say otherwise."""
    own = {name: facts.pop(name) for name in ("captured_minor", "ends_on") if name in facts}
    return Candidate(pending=pending(minor, day, **facts), **own)


def match_one(posting: Transaction, *candidates: Candidate) -> Decision:
    return match([posting], candidates)[0]


def chosen(decision: Decision) -> TransactionId | None:
    return decision.pending if isinstance(decision, Matched) else None


def abroad(minor: int, currency: str = "EUR") -> Money:
    return Money(minor, currency)


def _transaction(minor: int, status: Status, **facts: Any) -> Transaction:
    merchant = Merchant(name=facts.pop("name", "CORNER COFFEE"), country=facts.pop("country", "GB"))
    code = facts.pop("code", None)
    return Transaction(
        **{
            "transaction_id": TransactionId(f"txn_{secrets.token_hex(8)}"),
            "account_id": AccountId("acc_alice"),
            "status": status,
            "kind": Kind.CARD,
            "amount": Money(minor, facts.pop("currency", "GBP")),
            "description": "",
            "merchant": merchant,
            "occurred_at": None,
            "value_on": None,
            "auth_code": code,
            **facts,
        }
    )
