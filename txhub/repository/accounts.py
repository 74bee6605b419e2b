"""Accounts and who owns them. They share the `accounts` table with the register of their ids.

What names a person or an account is sealed (`z`, `b`); in the clear stand opaque ids, days,
versions, and the names of volumes. Attribute names are short because DynamoDB charges for them.
"""

from collections.abc import Iterable, Sequence, Set
from datetime import date

import orjson

from aws.dynamodb import Attr, Change, Item, Put, Repository, Update, transact
from aws.vault import Place, SubjectKey, vault
from kernel.errors import Conflict, Missing
from txhub.domain.entities import Account, AccountId, Balances, CustomerId
from txhub.repository.sealing import minor, money, subject_of
from txhub.resources import ACCOUNTS

_ACCOUNT = "A"  # the sort key of an account itself


class AccountMissing(Missing):
    """No such account, or not one of yours."""

    code = "account_not_found"


class AccountRepository(Repository):
    """Accounts and ownership.

    pk              sk       what
    acc_…           A        the account
    C#<customer>    acc_…    a customer owns an account
    """

    table = ACCOUNTS

    def find(self, account_id: str) -> Account | None:
        item = self.get(account_id, _ACCOUNT, consistent=True)
        return account_from_item(item) if item else None

    def find_many(self, account_ids: Iterable[str]) -> dict[AccountId, Account]:
        """Those accounts of `account_ids` that exist."""
        unique = sorted(set(account_ids))
        vault().prepare(map(subject_of, unique), create=False)
        items = self.batch_get([(each, _ACCOUNT) for each in unique], consistent=True)
        return {account.account_id: account for account in map(account_from_item, items)}

    def owners(self, account_ids: Iterable[AccountId]) -> dict[AccountId, frozenset[CustomerId]]:
        """Who owns those accounts that exist; read eventually."""
        items = self.batch_get([(each, _ACCOUNT) for each in account_ids])
        return {AccountId(item["pk"]): _owners(item) for item in items}

    def of_customer(self, customer_id: CustomerId) -> list[Account]:
        ids = [item["sk"] for item in self.query_all(_customer_key(customer_id))]
        return list(self.find_many(ids).values())

    def create_absent(self, accounts: Sequence[Account]) -> None:
        """Creates those that do not exist yet; the others stay as they are."""
        absent = Attr("pk").not_exists()
        for start in range(0, len(accounts), 100):
            group = accounts[start : start + 100]
            while group:
                try:
                    transact([Put(self, account_to_item(each), absent) for each in group])
                    break
                except Conflict as lost:
                    pairs = zip(group, lost.stored, strict=True)
                    group = [account for account, stored in pairs if stored is False]

    def add_owner(self, account_id: AccountId, customer_id: CustomerId) -> None:
        """Both directions or neither. Raises `AccountMissing`."""
        exists = Attr("pk").exists()
        owners = Update(add={"o": frozenset({str(customer_id)})})
        link = {"pk": _customer_key(customer_id), "sk": account_id}
        try:
            transact([Change(self, account_id, _ACCOUNT, owners, exists), Put(self, link)])
        except Conflict:
            raise AccountMissing from None

    def open_volumes(self, account_id: AccountId, volumes: frozenset[str]) -> Change:
        """The write that puts volumes into an account's directory."""
        exists = Attr("pk").exists()
        return Change(self, account_id, _ACCOUNT, Update(add={"v": volumes}), exists)

    def openings(self, account: Account, volumes: Set[str]) -> list[Change]:
        """The write that puts those of the volumes into its directory that it lacks, if any."""
        new = frozenset(volumes) - account.volumes
        return [self.open_volumes(account.account_id, new)] if new else []

    def advance(
        self,
        account: Account,
        steps: int,
        *,
        volumes: frozenset[str] = frozenset(),
        sequence: int | None = None,
        balances: Balances | None = None,
    ) -> Change:
        """The write that goes through only where nobody else has written to a live account since
        it was read; `steps`: how often we have."""
        unchanged = Attr("n").eq(account.version + steps)
        values: Item = {}
        if sequence is not None:
            values["q"] = sequence
        if balances:
            values |= _balance_attributes(account.account_id, balances)
        added = {"n": 1, **({"v": volumes} if volumes else {})}
        return Change(self, account.account_id, _ACCOUNT, Update(set=values, add=added), unchanged)

    def set_balances(self, account_id: AccountId, balances: Balances) -> None:
        """Keeps the balances unless those after a later posting stand there already."""
        exists = Attr("pk").exists()
        never_set = Attr("d").not_exists()
        not_later = Attr("d").lte(_position(balances))
        change = Update(set=_balance_attributes(account_id, balances), add={"n": 1})
        try:
            self.update(account_id, _ACCOUNT, change, condition=exists & (never_set | not_later))
        except Conflict as lost:
            if lost.stored is None:
                raise AccountMissing from None


def is_account(key: Item) -> bool:
    """Whether an account itself lies under this key of the table."""
    return bool(key["sk"] == _ACCOUNT)


def account_to_item(account: Account) -> Item:
    plain = orjson.dumps([account.name, account.type, account.number, account.currency])
    place = _place_of_account(account.account_id)
    item: Item = {
        "pk": account.account_id,
        "sk": _ACCOUNT,
        "z": vault().seal(subject_of(account.account_id), plain, place),
        "n": account.version,
    }
    if account.owners:
        item["o"] = frozenset(map(str, account.owners))
    if account.volumes:
        item["v"] = account.volumes
    if account.sequence is not None:
        item["q"] = account.sequence
    if account.balances.as_of:
        item |= _balance_attributes(account.account_id, account.balances)
    return item


def account_from_item(item: Item) -> Account:
    account_id = AccountId(item["pk"])
    key = vault().key(subject_of(account_id), create=False)
    name, kind, number, currency = orjson.loads(key.open(item["z"], _place_of_account(account_id)))
    return Account(
        account_id=account_id,
        name=name,
        type=kind,
        number=number,
        currency=currency,
        owners=_owners(item),
        volumes=item.get("v", frozenset()),
        balances=_balances(item, key, currency),
        sequence=item.get("q"),
        version=item["n"],
    )


def _owners(item: Item) -> frozenset[CustomerId]:
    return frozenset(map(CustomerId, item.get("o", ())))


def _balances(item: Item, key: SubjectKey, currency: str) -> Balances:
    if "b" not in item:
        return Balances()
    booked, available = orjson.loads(key.open(item["b"], _place_of_balances(item["pk"])))
    day, _, order = item["d"].partition("#")
    return Balances(
        booked=money(booked, currency),
        available=money(available, currency),
        as_of=date.fromisoformat(day),
        order=int(order),
    )


def _balance_attributes(account_id: AccountId, balances: Balances) -> Item:
    plain = orjson.dumps([minor(balances.booked), minor(balances.available)])
    sealed = vault().seal(subject_of(account_id), plain, _place_of_balances(account_id))
    return {"b": sealed, "d": _position(balances)}


def _position(balances: Balances) -> str:
    """As a text that sorts: the day and order of the posting that the balances are after."""
    assert balances.as_of is not None
    return f"{balances.as_of.isoformat()}#{balances.order:012}"


def _place_of_account(account_id: str) -> Place:
    return Place(table="accounts", key=f"{account_id}|{_ACCOUNT}", attribute="z")


def _place_of_balances(account_id: str) -> Place:
    return Place(table="accounts", key=f"{account_id}|{_ACCOUNT}", attribute="b")


def _customer_key(customer_id: CustomerId) -> str:
    return f"C#{customer_id}"


ACCOUNT_REPOSITORY = AccountRepository()
