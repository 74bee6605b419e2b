"""The `transactions` table.

All content is sealed in one attribute (`z`); in the clear stand opaque ids, booking days and times
(in keys), versions, sources and keyed digests.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson

from aws.dynamodb import Attr, Delete, Item, Key, Put, Repository, Update, transact
from aws.vault import Place, SubjectKey, vault
from kernel.errors import Missing
from kernel.money import Money
from txhub.domain.entities import Account, AccountId, Merchant, Transaction, TransactionId
from txhub.domain.entries import Kind, Status
from txhub.domain.ledger import PENDING_VOLUME
from txhub.repository.sealing import minor, money, subject_of
from txhub.resources import TRANSACTIONS


class TransactionMissing(Missing):
    """No such transaction in this account."""

    code = "transaction_not_found"


TransactionKey = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTransaction:
    """A transaction with the key it lies under and the sources that wrote it, latest first."""

    transaction: Transaction
    key: TransactionKey
    sources: tuple[str, ...]
    matched: bool = False


class TransactionRepository(Repository):
    """Transactions, filed by account and volume; the sort key is booking day, time, id.

    pk               sk                                  what
    acc_…#2018       2018-04-01#180331220131#txn_…       a posted transaction
    acc_…#P          2018-04-01#180401000000#txn_…       a pending one
    """

    table = TRANSACTIONS

    def page(
        self,
        account: Account,
        volume: str,
        *,
        days: tuple[date | None, date | None] = (None, None),
        after: str | None = None,
        limit: int,
    ) -> tuple[list[tuple[str, Transaction]], str | None]:
        """Newest first, with their sort keys, within a volume and a range of days (inclusive).

        The second value is the position to go on `after`, or None at the volume's end.
        """
        partition = f"{account.account_id}#{volume}"
        page = self.query(
            partition,
            sort=_between(*days),
            descending=True,
            limit=limit,
            after={"pk": partition, "sk": after} if after else None,
        )
        key = vault().key(subject_of(account.account_id), create=False)
        opened = [(item["sk"], transaction_from_item(item, key)) for item in page.items]
        return opened, page.last_key["sk"] if page.last_key else None

    def at(self, keys: Iterable[TransactionKey]) -> dict[TransactionKey, StoredTransaction]:
        """Those of the keys that hold a transaction, read consistently."""
        items = self.batch_get(keys, consistent=True)
        return {(item["pk"], item["sk"]): stored_from_item(item) for item in items}

    def on_day(
        self, account_id: str, volume: str, day: date, transaction_id: str
    ) -> StoredTransaction | None:
        """The transaction of this id among those of one day in one volume."""
        for item in self.query_all(
            f"{account_id}#{volume}",
            sort=Key("sk").begins_with(day.isoformat()),
            consistent=True,
        ):
            if item["sk"].endswith(transaction_id):
                return stored_from_item(item)
        return None

    def pending_of(self, account_id: str) -> dict[str, StoredTransaction]:
        """The account's pending transactions by id."""
        items = self.query_all(f"{account_id}#{PENDING_VOLUME}", consistent=True)
        stored = map(stored_from_item, items)
        return {each.transaction.transaction_id: each for each in stored}

    def all_of(self, account: Account) -> Iterator[StoredTransaction]:
        """Every transaction of the account, volume by volume, oldest first."""
        for volume in sorted(account.volumes):
            for item in self.query_all(f"{account.account_id}#{volume}", consistent=True):
                yield stored_from_item(item)

    def write_new(self, stored: Sequence[StoredTransaction]) -> None:
        """Writes transactions that were seen to be absent, in batches and without conditions."""
        self.batch_write(puts=[transaction_to_item(each) for each in stored])

    def replace(self, old: StoredTransaction, new: StoredTransaction) -> None:
        """Puts `new` in the place of `old`, moving it where its day or status changed.

        Raises `Conflict` when somebody else changed `old`, or wrote at the new key, meanwhile.
        """
        unchanged = Attr("n").eq(old.transaction.version)
        item = transaction_to_item(new)
        if new.key == old.key:
            self.put(item, condition=unchanged)
            return
        nothing_there = Attr("pk").not_exists()
        transact([Delete(self, *old.key, unchanged), Put(self, item, nothing_there)])

    def link(self, key: TransactionKey, other: TransactionId) -> None:
        """Notes that another transaction belongs to this one; noting it twice changes nothing."""
        exists = Attr("pk").exists()
        self.update(*key, Update(add={"l": frozenset({str(other)})}), condition=exists)


def key_for(
    account_id: str,
    volume: str,
    *,
    booked_day: date,
    occurred: date | datetime,
    transaction_id: str,
) -> TransactionKey:
    """Where a transaction lies: by booking day, then by the moment it happened, then by id."""
    sort = f"{booked_day.isoformat()}#{occurred:%y%m%d%H%M%S}#{transaction_id}"
    return f"{account_id}#{volume}", sort


def transaction_to_item(stored: StoredTransaction) -> Item:
    each, (pk, sk) = stored.transaction, stored.key
    item: Item = {
        "pk": pk,
        "sk": sk,
        "z": vault().seal(subject_of(each.account_id), _plain(each), _place(pk, sk)),
        "h": each.content,
        "s": stored.sources[0],
        "n": each.version,
    }
    if len(stored.sources) > 1:
        item["w"] = list(stored.sources[1:])
    if each.links:
        item["l"] = frozenset(map(str, each.links))
    if stored.matched:
        item["m"] = True
    return item


def stored_from_item(item: Item) -> StoredTransaction:
    account_id = item["pk"].partition("#")[0]
    key = vault().key(subject_of(account_id), create=False)
    return StoredTransaction(
        transaction=transaction_from_item(item, key),
        key=(item["pk"], item["sk"]),
        sources=(item["s"], *item.get("w", ())),
        matched=item.get("m", False),
    )


def transaction_from_item(item: Item, key: SubjectKey) -> Transaction:
    """Raises `Tampered` where the item is not as we wrote it, or stands where we did not put it."""
    pk, sk = item["pk"], item["sk"]
    account_id, _, volume = pk.partition("#")
    values = orjson.loads(key.open(item["z"], _place(pk, sk)))
    (kind, minor, currency, description, merchant, category, country, occurred_on, occurred_at,
     posted_on, value_on, original, original_currency, authorised, auth_code, mcc, balance,
     reversal_of) = values  # fmt: skip
    return Transaction(
        transaction_id=TransactionId(sk.rpartition("#")[2]),
        account_id=AccountId(account_id),
        status=Status.PENDING if volume == PENDING_VOLUME else Status.POSTED,
        kind=Kind(kind),
        amount=Money(minor, currency),
        description=description,
        merchant=Merchant(name=merchant, category=category, country=country),
        occurred_on=date.fromisoformat(occurred_on),
        occurred_at=datetime.fromtimestamp(occurred_at, UTC) if occurred_at is not None else None,
        posted_on=_day(posted_on),
        value_on=_day(value_on),
        original_amount=money(original, original_currency),
        authorised_amount=money(authorised, currency),
        auth_code=auth_code,
        mcc=mcc,
        balance=money(balance, currency),
        reversal_of=reversal_of,
        links=tuple(sorted(item.get("l", ()))),
        source=item["s"],
        content=item["h"],
        version=item["n"],
    )


def _plain(each: Transaction) -> bytes:
    original = each.original_amount
    return orjson.dumps(
        [
            each.kind,
            each.amount.minor,
            each.amount.currency,
            each.description,
            each.merchant.name,
            each.merchant.category,
            each.merchant.country,
            each.occurred_on,
            int(each.occurred_at.timestamp()) if each.occurred_at else None,
            each.posted_on,
            each.value_on,
            minor(original),
            original.currency if original else None,
            minor(each.authorised_amount),
            each.auth_code,
            each.mcc,
            minor(each.balance),
            each.reversal_of,
        ]
    )


def _place(pk: str, sk: str) -> Place:
    return Place(table="transactions", key=f"{pk}|{sk}", attribute="z")


def _between(first: date | None, last: date | None) -> Any:
    if first is None and last is None:
        return None
    low = first.isoformat() if first else "0"
    high = f"{last.isoformat()}$" if last else "9999-99-99"  # "$" sorts just behind "#"
    return Key("sk").between(low, high)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


TRANSACTION_REPOSITORY = TransactionRepository()
