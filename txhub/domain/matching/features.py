"""What is compared of a transaction, made once for each and not once for each pair."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from txhub.domain.entities import Transaction
from txhub.domain.matching.merchants import MerchantName, merchant_name
from txhub.domain.matching.trades import Trade, trade_of


@dataclass(frozen=True, slots=True)
class Features:
    """`home`: the currency of its amount. `sums`: minor units without sign by currency, the
    merchant's own currency included. `day`: when it happened; `dated`: whether that is known, and
    not only the booking day.
    """

    transaction: Transaction
    name: MerchantName
    home: str
    sums: Mapping[str, int]
    auth_code: str | None
    trade: Trade
    day: date
    dated: bool
    moment: datetime | None


def features_of(transaction: Transaction) -> Features:
    original, amount = transaction.original_amount, transaction.amount
    sums = {original.currency: abs(original.minor)} if original and original.minor else {}
    occurred_at = transaction.occurred_at
    return Features(
        transaction=transaction,
        name=merchant_name(transaction.merchant.name or transaction.description),
        home=amount.currency,
        sums={**sums, amount.currency: abs(amount.minor)},
        auth_code=_auth_code(transaction.auth_code),
        trade=trade_of(transaction.mcc),
        day=transaction.occurred_on,
        dated=occurred_at is not None or transaction.occurred_on != transaction.posted_on,
        moment=occurred_at,
    )


def _auth_code(code: str | None) -> str | None:
    """Without the fillings that stand for none."""
    plain = (code or "").strip().upper()
    return plain if plain.strip("0 ") else None
