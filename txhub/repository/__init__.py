"""The hub's tables. A repository speaks entities; its storage format stands right under it."""

from txhub.repository.accounts import ACCOUNT_REPOSITORY, AccountMissing
from txhub.repository.disputes import DISPUTE_REPOSITORY, DisputeMissing
from txhub.repository.keys import TransactionKey, key_for, keys_of
from txhub.repository.pending import (
    PENDING_DIRECTORY,
    TOGETHER_MAX,
    Listed,
    PendingEntry,
    pending_entries,
)
from txhub.repository.register import REGISTER, Node, Registered, register_digest
from txhub.repository.summaries import SUMMARY_REPOSITORY, Standing
from txhub.repository.transactions import (
    TRANSACTION_REPOSITORY,
    StoredTransaction,
    TransactionMissing,
)
from txhub.repository.worklist import WORKLIST, Due

__all__ = [
    "ACCOUNT_REPOSITORY",
    "DISPUTE_REPOSITORY",
    "PENDING_DIRECTORY",
    "REGISTER",
    "SUMMARY_REPOSITORY",
    "TOGETHER_MAX",
    "TRANSACTION_REPOSITORY",
    "WORKLIST",
    "AccountMissing",
    "DisputeMissing",
    "Due",
    "Listed",
    "Node",
    "PendingEntry",
    "Registered",
    "Standing",
    "StoredTransaction",
    "TransactionKey",
    "TransactionMissing",
    "key_for",
    "keys_of",
    "pending_entries",
    "register_digest",
]
