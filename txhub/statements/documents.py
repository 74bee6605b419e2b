"""A statement as JSON: what is stored, and what the API answers with, byte for byte."""

from datetime import date
from typing import Any

import orjson

from kernel.money import Money
from txhub.domain.entities import AccountId, Merchant, TransactionId
from txhub.domain.entries import Kind
from txhub.statements.domain.months import Month, Period
from txhub.statements.domain.statement import CategorySum, Line, StatedAccount, Statement, Sums

Json = dict[str, Any]


def to_json(statement: Statement) -> bytes:
    account, period = statement.account, statement.period
    return orjson.dumps(
        {
            "account": {
                "id": account.account_id,
                "name": account.name,
                "type": account.type,
                "masked_number": account.masked_number,
                "currency": account.currency,
            },
            "month": str(period.month),
            "version": statement.version,
            "kind": statement.kind,
            "from": period.first_day,
            "to": period.closing,
            "sums": [_sums_json(each) for each in statement.sums],
            "entries": [_line_json(each) for each in statement.lines],
        }
    )


def totals_json(each: Sums) -> Json:
    """One currency without its categories, as the list of statements has it."""
    return {
        "currency": each.currency,
        "opening_balance": _money(each.opening),
        "money_in": _money(each.money_in),
        "money_out": _money(each.money_out),
        "closing_balance": _money(each.closing),
        "count": each.count,
    }


def _sums_json(each: Sums) -> Json:
    categories = [
        {
            "category": category.category,
            "money_in": _money(category.money_in),
            "money_out": _money(category.money_out),
            "count": category.count,
        }
        for category in each.categories
    ]
    return {**totals_json(each), "categories": categories}


def _line_json(each: Line) -> Json:
    merchant = each.merchant
    return {
        "id": each.transaction_id,
        "kind": each.kind,
        "amount": _money(each.amount),
        "original_amount": _money(each.original_amount),
        "description": each.description,
        "merchant": {
            "name": merchant.name,
            "category": merchant.category,
            "country": merchant.country,
        },
        "occurred_on": each.occurred_on,
        "posted_on": each.posted_on,
        "value_on": each.value_on,
        "late": each.late,
        "balance": _money(each.balance),
    }


def from_json(content: bytes) -> Statement:
    read = orjson.loads(content)
    account = read["account"]
    return Statement(
        account=StatedAccount(
            account_id=AccountId(account["id"]),
            name=account["name"],
            type=account["type"],
            masked_number=account["masked_number"],
            currency=account["currency"],
        ),
        period=Period(
            month=Month.named(read["month"]),
            first_day=date.fromisoformat(read["from"]),
            closing=date.fromisoformat(read["to"]),
        ),
        version=read["version"],
        sums=tuple(map(_sums, read["sums"])),
        lines=tuple(map(_line, read["entries"])),
    )


def _sums(read: Json) -> Sums:
    return Sums(
        currency=read["currency"],
        opening=_amount(read["opening_balance"]),
        money_in=Money(**read["money_in"]),
        money_out=Money(**read["money_out"]),
        closing=_amount(read["closing_balance"]),
        count=read["count"],
        categories=tuple(
            CategorySum(
                category=each["category"],
                money_in=Money(**each["money_in"]),
                money_out=Money(**each["money_out"]),
                count=each["count"],
            )
            for each in read["categories"]
        ),
    )


def _line(read: Json) -> Line:
    return Line(
        transaction_id=TransactionId(read["id"]),
        kind=Kind(read["kind"]),
        amount=Money(**read["amount"]),
        original_amount=_amount(read["original_amount"]),
        description=read["description"],
        merchant=Merchant(**read["merchant"]),
        occurred_on=date.fromisoformat(read["occurred_on"]),
        posted_on=date.fromisoformat(read["posted_on"]),
        value_on=date.fromisoformat(read["value_on"]) if read["value_on"] else None,
        late=read["late"],
        balance=_amount(read["balance"]),
    )


def _money(amount: Money | None) -> Json | None:
    return None if amount is None else {"minor": amount.minor, "currency": amount.currency}


def _amount(read: Json | None) -> Money | None:
    return None if read is None else Money(**read)
