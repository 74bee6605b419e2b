"""How accounts and transactions look in JSON. Absent facts are null."""

from collections.abc import Mapping
from typing import Any

from kernel.money import Money
from txhub.domain.entities import Account, Transaction

Json = dict[str, Any]


def account_json(account: Account) -> Json:
    """The account resource."""
    balances = account.balances
    return {
        "id": account.account_id,
        "name": account.name,
        "type": account.type,
        "masked_number": account.masked_number,
        "currency": account.currency,
        "balances": {"booked": _money(balances.booked), "available": _money(balances.available)},
        "as_of": balances.as_of,
    }


def transaction_json(each: Transaction) -> Json:
    """The transaction resource."""
    merchant = each.merchant
    return {
        "id": each.transaction_id,
        "account_id": each.account_id,
        "status": each.status,
        "kind": each.kind,
        "amount": _money(each.open_amount),
        "original_amount": _money(each.original_amount),
        "authorised_amount": _money(each.first_amount),
        "description": each.description,
        "merchant": {
            "name": merchant.name,
            "category": merchant.category,
            "country": merchant.country,
        },
        "occurred_on": each.occurred_on,
        "occurred_at": each.occurred_at,
        "posted_on": each.posted_on,
        "value_on": each.value_on,
        "balance": _money(each.balance),
        "reversal_of": each.reversal_of,
        "links": each.links,
    }


def _money(amount: Money | None) -> Mapping[str, Any] | None:
    return None if amount is None else {"minor": amount.minor, "currency": amount.currency}
