"""What things are called: ids are keyed hashes, so a key in a table tells nothing about a customer.

The keys come from the vault (`id_key`) and never rotate: the same account number is the same
account for ever, and the same row of a feed the same transaction.
"""

from kernel.ids import keyed_id
from txhub.domain.entities import AccountId, TransactionId


def account_id(key: bytes, namespace: str, number: str) -> AccountId:
    """The id of the account that the bank calls `number`.

    `namespace` tells number ranges apart ("bank", or a feed with card numbers of its own).
    """
    return AccountId(keyed_id("acc", key, namespace, number))


def transaction_id(key: bytes, feed: str, account: AccountId, *parts: str) -> TransactionId:
    """The id of a transaction: its feed, its account, and what tells it from others there.

    `parts` is the feed's own id; or, where the feed has none, the fields of its identity and the
    ordinal of its repetition.
    """
    return TransactionId(keyed_id("txn", key, feed, account, *parts))
