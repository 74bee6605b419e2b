"""Alice owns, Bob shares, Charlie must be refused. And what they buy."""

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aws.vault import vault
from txhub.domain.entities import AccountId, CustomerId
from txhub.domain.entries import Entry, SourcedEntry
from txhub.domain.naming import account_id, transaction_id
from txhub.services import NewAccount, open_accounts, own_account


def new_customer(name: str = "alice") -> CustomerId:
    """An id such as Cognito gives."""
    return CustomerId(f"{name}-{secrets.token_hex(8)}")


def new_account(*owners: CustomerId, currency: str = "GBP", kind: str = "current") -> AccountId:
    """An open account of its own, owned by `owners`."""
    number = secrets.token_hex(6)
    opened = account_id(vault().id_key("accounts"), "bank", number)
    open_accounts(
        [
            NewAccount(
                account_id=opened,
                number=number,
                name="Everyday",
                type=kind,
                currency=currency,
            )
        ]
    )
    for owner in owners:
        own_account(owner, opened)
    return opened


def an_entry(
    account: AccountId, reference: str, day: date, minor: int = -1250, **facts: Any
) -> SourcedEntry:
    """A card purchase with the feed's own id `reference`; `facts` override an `Entry`'s fields."""
    source = facts.pop("source", f"chunk:{reference}")
    historical = facts.pop("historical", False)
    entry = Entry(
        **{
            "line": 1,
            "account": "not kept",
            "source_id": reference,
            "amount_minor": minor,
            "currency": "GBP",
            "posted_on": day,
            "occurred_on": day,
            "occurred_at": datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
            "merchant": "Corner Coffee",
            "category": "eating out",
            "description": "CORNER COFFEE 12 LEEDS",
            **facts,
        }
    )
    return SourcedEntry(
        entry=entry,
        account_id=account,
        transaction_id=transaction_id(
            vault().id_key("transactions"), "test-feed", account, reference
        ),
        source=source,
        feed="test-feed",
        historical=historical,
    )


def days_back(count: int, *, until: date = date(2026, 6, 30)) -> list[date]:
    """`count` days, newest first."""
    return [until - timedelta(days=back) for back in range(count)]
