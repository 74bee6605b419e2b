"""Transactions as a list shows them: what stands first, what is quiet, where a month begins."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from kernel.money import Money
from txhub.domain.entities import Match, Transaction
from txhub.domain.entries import Kind

KIND_NAMES = {
    Kind.PAYMENT: "Payment",
    Kind.CARD: "Card payment",
    Kind.REFUND: "Refund",
    Kind.TRANSFER: "Transfer",
    Kind.CASH: "Cash",
    Kind.FEE: "Fee",
    Kind.INTEREST: "Interest",
    Kind.REVERSAL: "Reversal",
}
# A note under every row would say what most rows are; these are worth telling apart.
_QUIET_KINDS = {Kind.PAYMENT, Kind.CARD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line. `first_of_day`: the day is written once and not on the rows that follow it."""

    transaction_id: str
    day: date
    first_of_day: bool
    title: str
    note: str
    category: str
    original: Money | None
    amount: Money
    balance: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The rows of one month. `named`: whether its heading stands above them, or already does."""

    first_day: date
    rows: tuple[Row, ...]
    named: bool = True

    @property
    def key(self) -> str:
        """`2026-11`"""
        return self.first_day.isoformat()[:7]


def rows_of(transactions: Sequence[Transaction]) -> tuple[Row, ...]:
    """The lines of a list, in the order given."""
    days = [None, *(each.booked_day for each in transactions)]
    return tuple(
        _row(each, first_of_day=each.booked_day != before)
        for each, before in zip(transactions, days, strict=False)
    )


def months_of(transactions: Sequence[Transaction], *, after: str = "") -> tuple[Month, ...]:
    """The lines in months, in the order given. `after` is the month (`2026-11`) whose heading the
    page has already."""
    grouped = groupby(rows_of(transactions), key=lambda row: row.day.replace(day=1))
    return tuple(
        Month(first_day=first, rows=tuple(rows), named=first.isoformat()[:7] != after)
        for first, rows in grouped
    )


def categories_of(transactions: Iterable[Transaction]) -> list[str]:
    """What there is to choose from, in the list that is seen."""
    return sorted({each.merchant.category for each in transactions if each.merchant.category})


def title_of(transaction: Transaction) -> str:
    """The merchant, or what the bank wrote, or at least what kind of transaction it is."""
    return transaction.merchant.name or transaction.description or KIND_NAMES[transaction.kind]


def pending_as(shown: Transaction) -> Match | None:
    """What it was while it was pending, where that differs from what it is."""
    before = shown.was_pending
    if before is None or (before.amount, before.day) == (shown.amount, shown.occurred_on):
        return None
    return before


def _row(transaction: Transaction, *, first_of_day: bool) -> Row:
    return Row(
        transaction_id=transaction.transaction_id,
        day=transaction.booked_day,
        first_of_day=first_of_day,
        title=title_of(transaction),
        note=_note(transaction),
        category=transaction.merchant.category or "",
        original=transaction.original_amount if _is_foreign(transaction) else None,
        amount=transaction.open_amount,
        balance=transaction.balance,
    )


def _is_foreign(transaction: Transaction) -> bool:
    original = transaction.original_amount
    return original is not None and original.currency != transaction.amount.currency


def _note(transaction: Transaction) -> str:
    """What the title leaves open; a description that only repeats it stays on its own page."""
    title = title_of(transaction).casefold()
    kind = KIND_NAMES[transaction.kind]
    notes = []
    if transaction.kind not in _QUIET_KINDS and kind.casefold() != title:
        notes.append(kind)
    if title not in transaction.description.casefold():
        notes.append(transaction.description)
    return " · ".join(note for note in notes if note)


# More than a handful of links means a feed gone wrong, and each costs a read.
RELATED_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another transaction of the account, and what it is to the one that is shown."""

    relation: str
    title: str
    transaction: Transaction


def related_to(shown: Transaction, others: Iterable[Transaction]) -> list[Related]:
    """How each of `others` stands to the transaction that is shown."""
    return [
        Related(relation=_relation(shown, each), title=title_of(each), transaction=each)
        for each in others
    ]


def _relation(shown: Transaction, other: Transaction) -> str:
    if shown.reversal_of == other.transaction_id:
        return "Reverses"
    if other.reversal_of == shown.transaction_id:
        return "Reversed by"
    if other.transaction_id in {each.other for each in shown.settled_by}:
        return "Booked part"
    if shown.was_pending and shown.was_pending.other == other.transaction_id:
        return "Part of what is pending"
    return "Belongs to"
