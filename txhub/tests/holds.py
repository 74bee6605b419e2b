"""What is pending, what posts it, and how both are shown."""

from datetime import date, timedelta
from typing import Any

from txhub import queries
from txhub.domain.entities import Account, AccountId, Transaction
from txhub.domain.entries import Kind, SourcedEntry, Status
from txhub.domain.filters import TransactionFilter
from txhub.domain.storing import Outcome
from txhub.repository import ACCOUNT_REPOSITORY
from txhub.services import store_entries
from txhub.tests.people import an_entry

DAY = date(2026, 5, 4)
LATER = DAY + timedelta(days=2)
RESTAURANT = "5812"


def pending(account: AccountId, reference: str, minor: int = -4000, **facts: Any) -> SourcedEntry:
    facts = {"status": Status.PENDING, "posted_on": None, "kind": Kind.CARD, **facts}
    facts = {"mcc": RESTAURANT, **facts}
    return an_entry(account, reference, facts.pop("day", DAY), minor, **facts)


def posted(account: AccountId, reference: str, minor: int = -4000, **facts: Any) -> SourcedEntry:
    """Booked two days after the purchase; the feed says when that was."""
    facts = {"occurred_on": DAY, "occurred_at": None, "mcc": RESTAURANT, **facts}
    return an_entry(account, reference, facts.pop("day", LATER), minor, **facts)


def outcomes(*entries: SourcedEntry) -> list[Outcome]:
    return [stored.outcome for stored in store_entries(entries)]


def account_of(account_id: AccountId) -> Account:
    found = ACCOUNT_REPOSITORY.find(account_id)
    assert found is not None
    return found


def shown(account_id: AccountId) -> list[tuple[Status, int]]:
    """Pending before posted, as a customer sees it."""
    page = queries.transactions_page(account_of(account_id), TransactionFilter(), limit=200)
    return [(each.status, each.open_amount.minor) for each in page.transactions]


def found_by(entry: SourcedEntry) -> Transaction:
    return queries.transaction(account_of(AccountId(entry.account_id)), entry.transaction_id)
