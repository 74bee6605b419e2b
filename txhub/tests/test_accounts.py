"""Opening accounts and owning them: nothing that is there is ever overwritten."""

from datetime import date
from secrets import token_hex

import pytest

from aws.dynamodb import transact
from aws.vault import vault
from kernel.errors import Conflict
from kernel.money import Money
from txhub.domain.entities import Account, AccountId, Balances
from txhub.domain.naming import account_id
from txhub.repository import ACCOUNT_REPOSITORY, AccountMissing
from txhub.services import NewAccount, known_accounts, open_accounts, own_account, store_entries
from txhub.tests.people import an_entry, new_account, new_customer

UNKNOWN = AccountId("acc_" + "a" * 26)
DAY = date(2026, 5, 4)


def accounts(count: int, name: str = "Everyday") -> list[NewAccount]:
    key, tag = vault().id_key("accounts"), token_hex(4)
    return [
        NewAccount(
            account_id=account_id(key, "bank", f"{tag}{number}"),
            number=f"{tag}{number}",
            name=name,
            type="current",
            currency="GBP",
        )
        for number in range(count)
    ]


class TestOpenAccounts:
    def test_opens_any_number(self) -> None:
        new = accounts(230)
        open_accounts(new)
        assert known_accounts(each.account_id for each in new).keys() == {
            each.account_id for each in new
        }

    def test_leaves_those_that_exist_as_they_are(self) -> None:
        new = accounts(120)
        open_accounts(new[50:60])
        alice = new_customer()
        own_account(alice, new[55].account_id)
        store_entries([an_entry(new[55].account_id, "1", DAY, balance_minor=7)])
        before = known_accounts(each.account_id for each in new[50:60])
        open_accounts([*new[:50], *new[60:], *accounts(3), *new[50:60]])
        assert known_accounts(each.account_id for each in new[50:60]) == before
        assert len(known_accounts(each.account_id for each in new)) == 120


class TestAnUnknownAccount:
    def test_is_owned_by_nobody(self) -> None:
        alice = new_customer()
        with pytest.raises(AccountMissing):
            own_account(alice, UNKNOWN)
        assert ACCOUNT_REPOSITORY.of_customer(alice) == []

    def test_is_not_made_by_what_is_written_to_it(self) -> None:
        balances = Balances(booked=Money(1, "GBP"), as_of=DAY)
        with pytest.raises(AccountMissing):
            ACCOUNT_REPOSITORY.set_balances(UNKNOWN, balances)
        with pytest.raises(Conflict):
            transact([ACCOUNT_REPOSITORY.open_volumes(UNKNOWN, frozenset({"2026"}))])
        assert ACCOUNT_REPOSITORY.find(UNKNOWN) is None


class TestBalances:
    def test_are_those_after_the_latest_posting_whatever_comes_after_it(self) -> None:
        account = new_account()
        for order, minor in ((3, 30), (2, 20), (4, 40), (3, 31)):
            ACCOUNT_REPOSITORY.set_balances(
                account, Balances(booked=Money(minor, "GBP"), as_of=DAY, order=order)
            )
        found: Account = ACCOUNT_REPOSITORY.find_many([account])[account]
        assert (found.balances.booked, found.balances.order) == (Money(40, "GBP"), 4)
