"""Drawing a statement up from transactions, and again where a correction has moved its opening."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

from kernel.money import Money
from txhub.domain.entities import Account, Transaction, TransactionId
from txhub.statements.domain.balances import check_balances, opening_of
from txhub.statements.domain.months import Period
from txhub.statements.domain.statement import (
    CategorySum,
    Closings,
    Line,
    StatedAccount,
    Statement,
    Sums,
)


def draw_up(
    account: Account,
    period: Period,
    transactions: Iterable[Transaction],
    before: Closings,
    *,
    version: int = 1,
    checked: bool = True,
) -> Statement:
    """The statement of a period. `transactions`: posted ones, of any days up to its closing.

    `before`: the closing balances of the statement before; where it has none, the core's running
    balances tell the opening. Raises `BalancesContradict` unless `checked` is false.
    """
    ordered = sorted(transactions, key=lambda each: each.booked_day)
    openings: dict[str, Money] = dict(before)
    for currency, group in _by_currency(ordered).items():
        known = openings.get(currency)
        opening = known.minor if known else opening_of(group)
        if opening is None:
            continue
        if checked:
            check_balances(opening, group, period.first_day)
        openings[currency] = Money(opening, currency)
    lines = [_line(each, period) for each in ordered]
    return _assembled(stated_account(account), period, lines, openings, version)


def restated(
    statement: Statement, *, version: int, without: Set[TransactionId], before: Closings
) -> Statement:
    """The statement as it reads when those transactions stand on an earlier one, and the statement
    before closes with other balances. What claimed no balance claims none now."""
    openings = {each.currency: each.opening for each in statement.sums if each.opening}
    openings |= {currency: before[currency] for currency in openings if currency in before}
    lines = [each for each in statement.lines if each.transaction_id not in without]
    return _assembled(statement.account, statement.period, lines, openings, version)


def stated_account(account: Account) -> StatedAccount:
    return StatedAccount(
        account_id=account.account_id,
        name=account.name,
        type=account.type,
        masked_number=account.masked_number,
        currency=account.currency,
    )


def _by_currency(transactions: Iterable[Transaction]) -> dict[str, list[Transaction]]:
    grouped: dict[str, list[Transaction]] = {}
    for each in transactions:
        grouped.setdefault(each.amount.currency, []).append(each)
    return grouped


def _line(transaction: Transaction, period: Period) -> Line:
    return Line(
        transaction_id=transaction.transaction_id,
        kind=transaction.kind,
        amount=transaction.amount,
        description=transaction.description,
        merchant=transaction.merchant,
        occurred_on=transaction.occurred_on,
        posted_on=transaction.booked_day,
        value_on=transaction.value_on,
        original_amount=transaction.original_amount,
        late=transaction.booked_day < period.first_day,
    )


def _assembled(
    account: StatedAccount,
    period: Period,
    lines: Sequence[Line],
    openings: Closings,
    version: int,
) -> Statement:
    others = sorted({*openings, *(each.amount.currency for each in lines)} - {account.currency})
    return Statement(
        account=account,
        period=period,
        version=version,
        sums=tuple(
            _sums(currency, openings.get(currency), lines)
            for currency in (account.currency, *others)
        ),
        lines=tuple(_with_balances(lines, openings)),
    )


def _with_balances(lines: Iterable[Line], openings: Closings) -> Iterable[Line]:
    balances = dict(openings)
    for line in lines:
        currency = line.amount.currency
        if currency in balances:
            balances[currency] += line.amount
        yield replace(line, balance=balances.get(currency))


def _sums(currency: str, opening: Money | None, lines: Iterable[Line]) -> Sums:
    own = [each for each in lines if each.amount.currency == currency]
    money_in, money_out = _in_and_out(own, currency)
    return Sums(
        currency=currency,
        opening=opening,
        money_in=money_in,
        money_out=money_out,
        closing=opening + money_in + money_out if opening else None,
        count=len(own),
        categories=_categories(own, currency),
    )


def _categories(lines: Iterable[Line], currency: str) -> tuple[CategorySum, ...]:
    grouped: dict[str | None, list[Line]] = {}
    for line in lines:
        grouped.setdefault(line.merchant.category or None, []).append(line)
    sums = []
    for category, group in grouped.items():
        money_in, money_out = _in_and_out(group, currency)
        sums.append(
            CategorySum(category=category, money_in=money_in, money_out=money_out, count=len(group))
        )
    return tuple(sorted(sums, key=_largest_first))


def _largest_first(each: CategorySum) -> tuple[int, str]:
    return each.money_out.minor - each.money_in.minor, each.category or ""


def _in_and_out(lines: Iterable[Line], currency: str) -> tuple[Money, Money]:
    minors = [each.amount.minor for each in lines]
    money_in = sum(minor for minor in minors if minor > 0)
    money_out = sum(minor for minor in minors if minor < 0)
    return Money(money_in, currency), Money(money_out, currency)
