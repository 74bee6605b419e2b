"""What other apps may use of the hub. `alerts` does; everything else in here is the hub's own.

transaction_in(change)      what a record of the transactions' stream says
origins_of(changes)         the chunks and messages that made them, for logs
owners_of(ids)              whose accounts these are
accounts_of(customer)       the customer's accounts, opened
transactions_since(...)     an account's transactions from some day on
merchant_key(text)          the same for two spellings of one merchant
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from aws.dynamodb import Item
from aws.streams import Change
from aws.streams.sweep import TableSweep
from kernel.clock import utc_now
from txhub.domain.entities import Account, AccountId, CustomerId, Transaction, TransactionId
from txhub.domain.entries import Kind, Status
from txhub.domain.fits import Fit
from txhub.domain.ledger import PENDING_VOLUME, posted_volumes
from txhub.domain.matching.merchants import merchant_name
from txhub.projections import origins_of
from txhub.queries import account_for, accounts_of
from txhub.repository import ACCOUNT_REPOSITORY, AccountMissing, StoredTransaction
from txhub.repository.accounts import is_account
from txhub.repository.sealing import subject_of
from txhub.repository.transactions import TRANSACTION_REPOSITORY, stored_from_item
from txhub.resources import ACCOUNTS, TRANSACTIONS

__all__ = [
    "TRANSACTIONS",
    "Account",
    "AccountId",
    "AccountMissing",
    "CustomerId",
    "Fit",
    "Kind",
    "Status",
    "StoredTransaction",
    "Transaction",
    "TransactionId",
    "account_for",
    "account_id_in",
    "accounts",
    "accounts_of",
    "all_transactions",
    "merchant_key",
    "origins_of",
    "owners_of",
    "subject_of",
    "transaction_in",
    "transactions_since",
]

transaction_in = stored_from_item


def account_id_in(key: Item) -> AccountId:
    """Whose transaction lies under this key of the table."""
    return AccountId(key["pk"].partition("#")[0])


def owners_of(account_ids: Iterable[AccountId]) -> dict[AccountId, frozenset[CustomerId]]:
    """The owners of those accounts that exist. No key is needed to see them."""
    return ACCOUNT_REPOSITORY.owners(account_ids)


def all_transactions() -> Iterator[Sequence[Change]]:
    """Every transaction of the bank as it stands, in no order, as changes that were swept."""
    return TableSweep(TRANSACTIONS, clock=utc_now).pages()


def accounts() -> Iterator[Account]:
    """Every account of the bank, in no order."""
    for changes in TableSweep(ACCOUNTS, clock=utc_now).pages():
        ids = [change.key["pk"] for change in changes if is_account(change.key)]
        yield from ACCOUNT_REPOSITORY.find_many(ids).values()


def transactions_since(account: Account, first: date) -> Iterator[StoredTransaction]:
    """The account's transactions from a booking day on, and all pending ones."""
    pending = account.volumes & {PENDING_VOLUME}
    wanted = pending.union(posted_volumes(account.volumes, from_day=first))
    for stored in TRANSACTION_REPOSITORY.all_of(replace(account, volumes=wanted)):
        if stored.transaction.booked_day >= first:
            yield stored


@lru_cache(maxsize=50_000)
def merchant_key(text: str) -> str:
    """What is left of a merchant as a feed has it: the same for `SQ *BEAN & LADDER 12 LEEDS` and
    `Bean and Ladder`, where nothing but noise differs."""
    return merchant_name(text).joined
