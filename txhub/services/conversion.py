"""From entry to transaction."""

import orjson

from aws.vault import vault
from kernel.ids import keyed_digest
from kernel.money import Money
from txhub.domain.entities import AccountId, Merchant, Transaction, TransactionId
from txhub.domain.entries import SourcedEntry


def transaction_of(sourced: SourcedEntry) -> Transaction:
    """The transaction that an entry stands for, as it is first stored."""
    entry = sourced.entry
    original = (
        Money(entry.original_minor, entry.original_currency)
        if entry.original_minor is not None and entry.original_currency
        else None
    )
    authorised = entry.authorised_minor
    balance = entry.balance_minor
    return Transaction(
        transaction_id=TransactionId(sourced.transaction_id),
        account_id=AccountId(sourced.account_id),
        status=entry.status,
        kind=entry.kind,
        amount=Money(entry.amount_minor, entry.currency),
        description=entry.description,
        merchant=Merchant(name=entry.merchant, category=entry.category, country=entry.country),
        occurred_on=entry.occurred_on,
        occurred_at=entry.occurred_at,
        posted_on=entry.posted_on,
        value_on=entry.value_on,
        original_amount=original,
        authorised_amount=Money(authorised, entry.currency) if authorised is not None else None,
        auth_code=entry.auth_code,
        mcc=entry.mcc,
        balance=Money(balance, entry.currency) if balance is not None else None,
        reversal_of=TransactionId(sourced.reversed_id) if sourced.reversed_id else None,
        final=entry.final,
        source=sourced.source,
        content=_content_digest(sourced),
    )


def _content_digest(sourced: SourcedEntry) -> bytes:
    """A keyed digest of all that the feed says, by which a redelivery is told from a change."""
    entry = sourced.entry
    content = [
        entry.status, entry.kind, entry.amount_minor, entry.currency, entry.posted_on,
        entry.value_on, entry.occurred_on, entry.occurred_at, entry.auth_code, entry.mcc,
        entry.category, entry.country, entry.merchant, entry.description, entry.original_minor,
        entry.original_currency, entry.authorised_minor, entry.balance_minor, sourced.reversed_id,
        *([True] if entry.final else []),  # without the flag, the digest that it always had
    ]  # fmt: skip
    return keyed_digest(vault().id_key("content"), orjson.dumps(content).decode())
