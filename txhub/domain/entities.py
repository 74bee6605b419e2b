"""Accounts and transactions as the hub stores and shows them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NewType

from kernel.money import Money
from txhub.domain.entries import Kind, Status
from txhub.domain.fits import Fit

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
class Match:
    """A pair of posting and pending transaction, as one side knows the other.

    `other`, `amount`, `day`: the other side's id, its amount, and the day that it is filed under.
    `confidence`: how sure, between 0 and 1. `doubtful`: somebody should look at it; `runner_up`:
    what may have been settled instead. `undone_by`: the decision by which the two were parted;
    then this is history, and they are not matched again. `final`: the posting was the last one.
    """

    other: TransactionId
    amount: Money
    day: date
    fit: Fit
    confidence: float
    doubtful: bool = False
    runner_up: TransactionId | None = None
    undone_by: str | None = None
    final: bool = False

    @property
    def holds(self) -> bool:
        return self.undone_by is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One transaction. Amounts are signed: money out of the account is negative.

    `source` names the chunk and line that stored it, `content` is the keyed digest by which a
    redelivery is told from a change, `version` counts the writes of this item. `settles`: what a
    posting was while it was pending. `settled_by`: the postings that settled a pending one.
    `final`: of a posting; nothing more of what was authorised is to come.
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
    final: bool = False
    links: tuple[TransactionId, ...] = ()
    settles: Match | None = None
    settled_by: tuple[Match, ...] = ()
    source: str = ""
    content: bytes = b""
    version: int = 1

    @property
    def booked_day(self) -> date:
        """The day it is filed and filtered under: `posted_on`, or `occurred_on` while pending."""
        return self.posted_on or self.occurred_on

    @property
    def was_pending(self) -> Match | None:
        """What it was while it was pending, unless that match was undone."""
        return self.settles if self.settles and self.settles.holds else None

    @property
    def captured_minor(self) -> int:
        """What postings have taken of it in parts, signed as its amount is."""
        parts = (each for each in self.settled_by if each.holds and each.fit is Fit.CAPTURE)
        return sum(each.amount.minor for each in parts)

    @property
    def left_minor(self) -> int:
        """Of a pending one: what postings may still take of it, without a sign."""
        holding = (each for each in self.settled_by if each.holds)
        if any(each.fit is not Fit.CAPTURE for each in holding):
            return 0
        return max(0, abs(self.amount.minor) - abs(self.captured_minor))

    @property
    def final_on(self) -> date | None:
        """Of a pending one: the day of the capture that said it was the last, if one did."""
        days = (each.day for each in self.settled_by if each.holds and each.final)
        return min(days, default=None)

    @property
    def posted_as(self) -> TransactionId | None:
        """Of a pending one: its last posting, in whatever order they came. Of those that were
        booked on one day it is the one that said so."""
        holding = (each for each in self.settled_by if each.holds)
        last = max(holding, key=lambda each: (each.day, each.final, each.other), default=None)
        return last.other if last else None

    @property
    def open_amount(self) -> Money:
        """What is shown: while it is pending, what is left of it."""
        if self.status is Status.POSTED:
            return self.amount
        return Money(self.amount.minor - self.captured_minor, self.amount.currency)

    @property
    def first_amount(self) -> Money | None:
        """What was authorised, where the feed says so or its pending transaction did."""
        if self.authorised_amount is not None:
            return self.authorised_amount
        if self.status is Status.PENDING:
            return self.amount if self.captured_minor else None
        return self.was_pending.amount if self.was_pending else None
