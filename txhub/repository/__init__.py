"""The hub's tables. A repository speaks entities; its storage format stands right under it."""

from txhub.repository.accounts import ACCOUNT_REPOSITORY, AccountMissing
from txhub.repository.register import RegisterRun, register_digest
from txhub.repository.transactions import (
    TRANSACTION_REPOSITORY,
    StoredTransaction,
    TransactionKey,
    TransactionMissing,
    key_for,
)

__all__ = [
    "ACCOUNT_REPOSITORY",
    "TRANSACTION_REPOSITORY",
    "AccountMissing",
    "RegisterRun",
    "StoredTransaction",
    "TransactionKey",
    "TransactionMissing",
    "key_for",
    "register_digest",
]
