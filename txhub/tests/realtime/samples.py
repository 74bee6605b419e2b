"""Messages as a bank sends them."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import orjson

from aws.vault import vault
from txhub.domain.entities import AccountId, Transaction
from txhub.domain.naming import account_id
from txhub.repository import ACCOUNT_REPOSITORY, TRANSACTION_REPOSITORY
from txhub.services import NewAccount, open_accounts

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def noon() -> datetime:
    return NOON


def a_message(**facts: Any) -> dict[str, Any]:
    """A card purchase of £12.50, booked; `facts` override fields, None takes one away."""
    message = {
        "feed": "core",
        "message_id": secrets.token_hex(8),
        "sequence": 1,
        "action": "NEW",
        "id": secrets.token_hex(8),
        "account": "20406080",
        "state": "B",
        "side": "D",
        "minor": 1250,
        "currency": "GBP",
        "posted_on": "2026-05-04",
        "occurred_at": "2026-05-03T18:30:00Z",
        "mcc": "5812",
        "country": "GB",
        "merchant": "Corner Coffee",
        "description": "CORNER COFFEE 12 LEEDS",
        **facts,
    }
    return {name: value for name, value in message.items() if value is not None}


def as_json(message: dict[str, Any]) -> bytes:
    return orjson.dumps(message)


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account, and the number that the bank knows it by."""

    account_id: AccountId
    number: str

    @classmethod
    def numbered(cls, number: str) -> Self:
        return cls(account_id(vault().id_key("accounts"), "bank", number), number)

    def open(self) -> None:
        new = NewAccount(
            account_id=self.account_id,
            number=self.number,
            name="Everyday",
            type="current",
            currency="GBP",
        )
        open_accounts([new])


def unopened_account() -> BankAccount:
    return BankAccount.numbered(secrets.token_hex(6))


def bank_account() -> BankAccount:
    account = unopened_account()
    account.open()
    return account


def stored_of(account: BankAccount) -> list[Transaction]:
    """All that is stored of it, pending ones too."""
    found = ACCOUNT_REPOSITORY.find(account.account_id)
    assert found is not None
    return [each.transaction for each in TRANSACTION_REPOSITORY.all_of(found)]
