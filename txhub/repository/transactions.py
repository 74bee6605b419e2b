"""The `transactions` table.

All content is sealed in one attribute (`z`); in the clear stand opaque ids, booking days and times
(in keys), versions, sources and keyed digests.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson

from aws.dynamodb import (
    Attr,
    Change,
    ConditionBase,
    Delete,
    Item,
    Key,
    Put,
    Repository,
    Update,
    transact,
)
from aws.dynamodb.transactions import Action
from aws.vault import Place, SubjectKey, vault
from kernel.errors import Missing
from kernel.money import Money
from txhub.domain.editions import Edition
from txhub.domain.entities import Account, AccountId, Merchant, Transaction, TransactionId
from txhub.domain.entries import Kind, Status
from txhub.domain.ledger import PENDING_VOLUME, volume_of
from txhub.domain.slots import Slot
from txhub.repository.sealing import minor, money, subject_of
from txhub.resources import TRANSACTIONS


class TransactionMissing(Missing):
    """No such transaction in this account."""

    code = "transaction_not_found"


TransactionKey = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTransaction:
    """A transaction with the key it lies under and the sources that wrote it, latest first.

    `matched_by`: of these, the one that posted it in the place of its pending entry.
    `feed` and `edition` are kept while it is pending (see `txhub.repository.pending`). `sequence`:
    the highest of the messages that wrote it; None where only files did. `is_news`: it was not a
    historical load or a re-drive that wrote it last.
    """

    transaction: Transaction
    key: TransactionKey
    sources: tuple[str, ...]
    matched_by: str | None = None
    feed: str | None = None
    edition: Edition | None = None
    sequence: int | None = None
    is_news: bool = True


class TransactionRepository(Repository):
    """Transactions, filed by account and volume; the sort key is booking day, order, id.

    pk               sk                                  what
    acc_…#2018       2018-04-01#000000000007#txn_…       a posted transaction, the eighth of its day
    acc_…#P          2018-04-01#004047062491#txn_…       a pending one, by its moment
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

    def all_of(self, account: Account) -> Iterator[StoredTransaction]:
        """Every transaction of the account, volume by volume, oldest first."""
        for volume in sorted(account.volumes):
            for item in self.query_all(f"{account.account_id}#{volume}", consistent=True):
                yield stored_from_item(item)

    def write_new(self, stored: Sequence[StoredTransaction]) -> None:
        """Writes transactions whose slots are the caller's own, in batches, without conditions."""
        self.batch_write(puts=[transaction_to_item(each) for each in stored])

    def replace(self, old: StoredTransaction, new: StoredTransaction) -> None:
        """Puts `new` in the place of `old`, moving it where its day or status changed.

        Raises `Conflict` when somebody else changed `old`, or wrote at the new key, meanwhile.
        """
        actions = self.replacing(old, new)
        if len(actions) > 1:
            transact(actions)
        else:
            self.put(transaction_to_item(new), condition=_unchanged(old))

    def adding(self, new: StoredTransaction) -> Action:
        """The write of a transaction where none is."""
        return Put(self, transaction_to_item(new), Attr("pk").not_exists())

    def replacing(self, old: StoredTransaction, new: StoredTransaction) -> list[Action]:
        """What `replace` does, as one or two writes of a transaction."""
        if new.key == old.key:
            return [Put(self, transaction_to_item(new), _unchanged(old))]
        return [Delete(self, *old.key, _unchanged(old)), self.adding(new)]

    def link(self, key: TransactionKey, other: TransactionId) -> None:
        """Notes that another transaction belongs to this one; noting it twice changes nothing."""
        exists = Attr("pk").exists()
        self.update(*key, _linking([other]), condition=exists)

    def linking(self, key: TransactionKey, others: Iterable[TransactionId]) -> Action:
        """What `link` does, for several at once."""
        return Change(self, *key, _linking(others), Attr("pk").exists())


def key_for(account_id: str, volume: str, slot: Slot, transaction_id: str) -> TransactionKey:
    """Where a transaction lies: by booking day, then by its order within the day."""
    return f"{account_id}#{volume}", f"{slot.day.isoformat()}#{slot.order:012}#{transaction_id}"


def keys_of(account: Account, transaction_id: str, slots: Iterable[Slot]) -> list[TransactionKey]:
    """Where a transaction may lie, by the volumes that the account was known to have."""
    volumes = [(slot, _volume_of(slot, account)) for slot in slots]
    return [
        key_for(account.account_id, volume, slot, transaction_id)
        for slot, volume in volumes
        if volume is not None
    ]


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
    if stored.matched_by:
        item["m"] = stored.matched_by
    if stored.sequence is not None:
        item["q"] = stored.sequence
    if not stored.is_news:
        item["o"] = True
    if each.status is Status.PENDING and stored.edition:
        item |= {"f": stored.feed, "e": stored.edition}
    return item


def stored_from_item(item: Item) -> StoredTransaction:
    account_id = item["pk"].partition("#")[0]
    key = vault().key(subject_of(account_id), create=False)
    return StoredTransaction(
        transaction=transaction_from_item(item, key),
        key=(item["pk"], item["sk"]),
        sources=(item["s"], *item.get("w", ())),
        matched_by=item.get("m"),
        feed=item.get("f"),
        edition=item.get("e"),
        sequence=item.get("q"),
        is_news="o" not in item,
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


def _unchanged(old: StoredTransaction) -> ConditionBase:
    same_version = Attr("n").eq(old.transaction.version)
    links = old.transaction.links
    same_links = Attr("l").eq(frozenset(map(str, links))) if links else Attr("l").not_exists()
    return same_version & same_links


def _linking(others: Iterable[TransactionId]) -> Update:
    return Update(add={"l": frozenset(map(str, others))})


def _place(pk: str, sk: str) -> Place:
    return Place(table="transactions", key=f"{pk}|{sk}", attribute="z")


def _volume_of(slot: Slot, account: Account) -> str | None:
    return PENDING_VOLUME if slot.pending else volume_of(slot.day, account.volumes)


def _between(first: date | None, last: date | None) -> Any:
    if first is None and last is None:
        return None
    low = first.isoformat() if first else "0"
    high = f"{last.isoformat()}$" if last else "9999-99-99"  # "$" sorts just behind "#"
    return Key("sk").between(low, high)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


TRANSACTION_REPOSITORY = TransactionRepository()
