"""Opening accounts, and saying who owns them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aws.metrics import use_case
from aws.vault import vault
from txhub.domain.entities import Account, AccountId, CustomerId
from txhub.domain.pan import display_number
from txhub.repository import ACCOUNT_REPOSITORY
from txhub.repository.sealing import subject_of
from txhub.statements.services import enrol


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to open. `number` may be a card number: then only its last four are kept."""

    account_id: AccountId
    number: str
    name: str
    type: str
    currency: str


@use_case("accounts.open")
def open_accounts(accounts: Sequence[NewAccount]) -> None:
    """Opens those that do not exist; the others stay as they are. In few calls, for any number."""
    vault().prepare(subject_of(each.account_id) for each in accounts)
    enrol(each.account_id for each in accounts)  # first: no account may miss its statements
    ACCOUNT_REPOSITORY.create_absent([_opened(each) for each in accounts])


def known_accounts(account_ids: Iterable[AccountId]) -> dict[AccountId, Account]:
    """Those that exist, by id."""
    return ACCOUNT_REPOSITORY.find_many(account_ids)


@use_case("accounts.own")
def own_account(customer_id: CustomerId, account_id: AccountId) -> None:
    """Makes the customer an owner; again changes nothing. Raises `AccountMissing`."""
    ACCOUNT_REPOSITORY.add_owner(account_id, customer_id)


def _opened(new: NewAccount) -> Account:
    return Account(
        account_id=new.account_id,
        name=new.name,
        type=new.type,
        number=display_number(new.number),
        currency=new.currency,
    )
