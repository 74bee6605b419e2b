"""An entry: one row of a feed, or one real-time message, after parsing and before storing.

Every feed format ends here, so that the batch, the listener and `reconcile` know one shape only.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from txhub.domain.editions import Edition


class Action(StrEnum):
    """What the record asks for (the second field of a `D` record)."""

    NEW = "NEW"  # a new transaction; the same id with other content is a fault
    AMEND = "AMEND"  # replaces the content of the transaction that has this id
    REVERSE = "REVERSE"  # a new, opposite transaction that names the one it reverses


class Status(StrEnum):
    """Where a transaction stands with the bank."""

    PENDING = "pending"  # authorised, not booked: amount and date may still change
    POSTED = "posted"  # booked; immutable but for an AMEND


class Kind(StrEnum):
    """What the customer would call it; taken from the feed, never guessed from the description."""

    PAYMENT = "payment"
    CARD = "card"
    REFUND = "refund"
    TRANSFER = "transfer"
    CASH = "cash"
    FEE = "fee"
    INTEREST = "interest"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of a feed in the hub's own terms.

    `account`: the bank's account number as the feed writes it; its opaque id is derived from it.
    `source_id`: the feed's own id of the transaction, or None where the feed has none (then
    `identity` carries the fields that make two rows the same purchase; see `txhub.feeds`).
    `amount_minor`: signed; negative when money leaves the account.
    `posted_on`: the booking date, in the bank's time zone; None while pending.
    `occurred_on`: when it happened, in the bank's time zone; the feed's booking date where it says
    nothing else. `occurred_at`: UTC, None where the feed has no time of day.
    `final`: of a posting; nothing more of what was authorised is to come.
    """

    line: int
    action: Action = Action.NEW
    status: Status = Status.POSTED
    account: str
    source_id: str | None = None
    identity: tuple[str, ...] = ()
    kind: Kind = Kind.PAYMENT
    amount_minor: int
    currency: str
    posted_on: date | None
    value_on: date | None = None
    occurred_on: date
    occurred_at: datetime | None = None
    auth_code: str | None = None
    mcc: str | None = None
    category: str | None = None
    country: str | None = None
    merchant: str | None = None
    description: str = ""
    original_minor: int | None = None
    original_currency: str | None = None
    authorised_minor: int | None = None
    reversal_of: str | None = None  # the feed's own id of the reversed transaction
    balance_minor: int | None = None
    final: bool = False

    @property
    def booked_day(self) -> date:
        """The day it is filed under: the booking date, or the day it happened while pending."""
        return self.posted_on or self.occurred_on


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedEntry:
    """An entry with the names it is stored under.

    `source`: see `txhub.domain.sources`; by it a retaken chunk knows its own writes.
    `reversed_id` is the id of the transaction that `entry.reversal_of` names.
    `historical`: from a historical load, which never overwrites what another source wrote.
    `edition`: of its file; where it is None, no full memo file takes the entry away.
    `superseded`: a younger full memo file is stored, so what this one calls pending is no longer.
    `sequence`: of a message, among those of its account; None from a file.
    `redriven`: an operator had it stored after it had been refused.
    """

    entry: Entry
    account_id: str
    transaction_id: str
    source: str
    feed: str
    reversed_id: str | None = None
    historical: bool = False
    edition: Edition | None = None
    superseded: bool = False
    sequence: int | None = None
    redriven: bool = False

    @property
    def is_news(self) -> bool:
        """Whether the bank says it now, of its own accord: nobody is alerted to anything else."""
        return not (self.historical or self.redriven)


_DATES = frozenset({"posted_on", "value_on", "occurred_on"})
_FIELDS = tuple(each.name for each in fields(Entry))


def entry_from_row(row: list[Any]) -> Entry:
    """The entry of a list of its fields, in their order, as JSON has them. It may end before the
    final flag, which came later than the others: then that is not set."""
    values: dict[str, Any] = {"final": False, **dict(zip(_FIELDS, row, strict=False))}
    for name in _DATES:
        if values[name]:
            values[name] = date.fromisoformat(values[name])
    if values["occurred_at"]:
        values["occurred_at"] = datetime.fromisoformat(values["occurred_at"])
    return Entry(
        **{
            **values,
            "action": Action(values["action"]),
            "status": Status(values["status"]),
            "kind": Kind(values["kind"]),
            "identity": tuple(values["identity"]),
        }
    )
