"""What can be done to the hub: one function a use-case."""

from txhub.services.accounts import NewAccount, known_accounts, open_accounts, own_account
from txhub.services.entries import store_entries

__all__ = ["NewAccount", "known_accounts", "open_accounts", "own_account", "store_entries"]
