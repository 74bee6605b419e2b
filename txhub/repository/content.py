"""What is sealed of a transaction: a list of values, in the order that stands here twice.

The final flag came later than the others: where it is not set, a list ends before it.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import orjson

from kernel.money import Money
from txhub.domain.entities import Match, Merchant, Transaction, TransactionId
from txhub.domain.entries import Kind
from txhub.domain.fits import Fit
from txhub.repository.sealing import minor, money


def plain_of(each: Transaction) -> bytes:
    """The content of a transaction; `content_of` reads it back."""
    original = each.original_amount
    return orjson.dumps(
        [
            each.kind,
            each.amount.minor,
            each.amount.currency,
            each.description,
            each.merchant.name,
            each.merchant.category,
            each.merchant.country,
            each.occurred_on,
            int(each.occurred_at.timestamp()) if each.occurred_at else None,
            each.posted_on,
            each.value_on,
            minor(original),
            original.currency if original else None,
            minor(each.authorised_amount),
            each.auth_code,
            each.mcc,
            minor(each.balance),
            each.reversal_of,
            _plain_match(each.settles) if each.settles else None,
            [_plain_match(match) for match in each.settled_by],
            *([True] if each.final else []),
        ]
    )


def content_of(plain: bytes) -> dict[str, Any]:
    """By the names of `Transaction`'s fields."""
    (kind, amount, currency, description, merchant, category, country, occurred_on, occurred_at,
     posted_on, value_on, original, original_currency, authorised, auth_code, mcc, balance,
     reversal_of, settles, settled_by, *final) = orjson.loads(plain)  # fmt: skip
    return {
        "kind": Kind(kind),
        "amount": Money(amount, currency),
        "description": description,
        "merchant": Merchant(name=merchant, category=category, country=country),
        "occurred_on": date.fromisoformat(occurred_on),
        "occurred_at": datetime.fromtimestamp(occurred_at, UTC)
        if occurred_at is not None
        else None,
        "posted_on": _day(posted_on),
        "value_on": _day(value_on),
        "original_amount": money(original, original_currency),
        "authorised_amount": money(authorised, currency),
        "auth_code": auth_code,
        "mcc": mcc,
        "balance": money(balance, currency),
        "reversal_of": reversal_of,
        "settles": _match(settles) if settles else None,
        "settled_by": tuple(map(_match, settled_by)),
        "final": bool(final),
    }


def _plain_match(each: Match) -> list[Any]:
    return [
        each.other,
        each.amount.minor,
        each.amount.currency,
        each.day,
        each.fit,
        each.confidence,
        each.doubtful,
        each.runner_up,
        each.undone_by,
        *([True] if each.final else []),
    ]


def _match(values: Iterable[Any]) -> Match:
    (other, amount, currency, day, fit, confidence, doubtful, runner_up, undone_by,
     *final) = values  # fmt: skip
    return Match(
        other=TransactionId(other),
        amount=Money(amount, currency),
        day=date.fromisoformat(day),
        fit=Fit(fit),
        confidence=confidence,
        doubtful=doubtful,
        runner_up=runner_up,
        undone_by=undone_by,
        final=bool(final),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
