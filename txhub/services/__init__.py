"""What can be done to the hub: one function a use-case."""

from txhub.services.accounts import NewAccount, known_accounts, open_accounts, own_account
from txhub.services.disputes import answer_dispute, open_dispute, withdraw_dispute
from txhub.services.entries import store_entries
from txhub.services.expiry import expire_pending
from txhub.services.matches import confirm_match, undo_match
from txhub.services.pending import Pruned, accounts_with_pending, prune_account

__all__ = [
    "NewAccount",
    "Pruned",
    "accounts_with_pending",
    "answer_dispute",
    "confirm_match",
    "expire_pending",
    "known_accounts",
    "open_accounts",
    "open_dispute",
    "own_account",
    "prune_account",
    "store_entries",
    "undo_match",
    "withdraw_dispute",
]
