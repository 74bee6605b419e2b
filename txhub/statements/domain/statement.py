"""A statement, as it is issued."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.money import Money
from txhub.domain.entities import AccountId, Merchant, TransactionId
from txhub.domain.entries import Kind
from txhub.statements.domain.months import Month, Period

Closings = Mapping[str, Money]  # by currency; a currency without a balance is not in it


class StatementKind(StrEnum):
    """What it calls itself."""

    STATEMENT = "statement"  # opening and closing balance are known
    ACTIVITY_SUMMARY = "activity_summary"  # the core supplies no balances, so it claims none


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedAccount:
    """The account as it was when the statement was issued."""

    account_id: AccountId
    name: str
    type: str
    masked_number: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A posted transaction on a statement. `balance`: of the account after it, where the statement
    claims balances. `late`: booked in an earlier period, whose statement was issued without it."""

    transaction_id: TransactionId
    kind: Kind
    amount: Money
    description: str
    merchant: Merchant
    occurred_on: date
    posted_on: date
    value_on: date | None = None
    original_amount: Money | None = None
    balance: Money | None = None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CategorySum:
    """Money in (zero or more) and out (zero or less) of one category; None: of none."""

    category: str | None
    money_in: Money
    money_out: Money
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """One currency of a statement: `opening + money_in + money_out = closing`.

    Both balances are there or neither. Categories: the largest sums first.
    """

    currency: str
    opening: Money | None
    money_in: Money
    money_out: Money
    closing: Money | None
    count: int
    categories: tuple[CategorySum, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What an account did in a period; lines in booking order, late ones first.

    `sums`: of the account's own currency first, then of others that occur.
    """

    account: StatedAccount
    period: Period
    version: int = 1
    sums: tuple[Sums, ...]
    lines: tuple[Line, ...]

    @property
    def month(self) -> Month:
        return self.period.month

    @property
    def kind(self) -> StatementKind:
        return kind_of(self.sums)

    @property
    def closings(self) -> Closings:
        return closings_of(self.sums)


def kind_of(sums: tuple[Sums, ...]) -> StatementKind:
    has_balances = any(each.opening for each in sums)
    return StatementKind.STATEMENT if has_balances else StatementKind.ACTIVITY_SUMMARY


def closings_of(sums: tuple[Sums, ...]) -> Closings:
    """What the next statement opens with."""
    return {each.currency: each.closing for each in sums if each.closing is not None}
