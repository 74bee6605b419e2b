"""Accounts and transactions as the hub stores and shows them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NewType

from kernel.money import Money
from txhub.domain.entries import Kind, Status

AccountId = NewType("AccountId", str)  # acc_…, a keyed hash of the bank's account number
TransactionId = NewType("TransactionId", str)  # txn_…, a keyed hash of feed, account and feed's id
CustomerId = NewType("CustomerId", str)  # Cognito's `sub`


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """`booked` after the last posted entry; `available` only where a feed supplies it.

    `as_of` and `order`: the day of that entry, and its place in it (see `txhub.domain.slots`).
    """

    booked: Money | None = None
    available: Money | None = None
    as_of: date | None = None
    order: int = 0


# The types of accounts, and what a customer calls one that has no name of its own.
ACCOUNT_TYPES = {"current": "Current account", "savings": "Savings account", "card": "Card"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account. `number` is as the bank writes it, or only its last four for a card number.

    `volumes` names the parts of the ledger that hold transactions (see `txhub.domain.ledger`).
    `sequence`: of the youngest message that is stored; None where there never was one.
    """

    account_id: AccountId
    name: str
    type: str  # one of `ACCOUNT_TYPES`
    number: str
    currency: str
    owners: frozenset[CustomerId] = frozenset()
    balances: Balances = field(default_factory=Balances)
    volumes: frozenset[str] = frozenset()
    sequence: int | None = None
    version: int = 1

    @property
    def masked_number(self) -> str:
        """`•••• 5770`: enough to recognise it by, too little to use it."""
        return f"•••• {self.number[-4:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    name: str | None = None
    category: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2 or alpha-3, as the feed has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One transaction. Amounts are signed: money out of the account is negative.

    `source` names the chunk and line that stored it, `content` is the keyed digest by which a
    redelivery is told from a change, `version` counts the writes of this item.
    """

    transaction_id: TransactionId
    account_id: AccountId
    status: Status
    kind: Kind
    amount: Money
    description: str
    merchant: Merchant
    occurred_on: date
    occurred_at: datetime | None
    posted_on: date | None
    value_on: date | None
    original_amount: Money | None = None
    authorised_amount: Money | None = None
    auth_code: str | None = None
    mcc: str | None = None
    balance: Money | None = None
    reversal_of: TransactionId | None = None
    links: tuple[TransactionId, ...] = ()
    source: str = ""
    content: bytes = b""
    version: int = 1

    @property
    def booked_day(self) -> date:
        """The day it is filed and filtered under: `posted_on`, or `occurred_on` while pending."""
        return self.posted_on or self.occurred_on
