"""The `transactions` table.

All content is sealed in one attribute (`z`); in the clear stand opaque ids, booking days and times
(in keys), versions, sources and keyed digests.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

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
from txhub.domain.editions import Edition
from txhub.domain.entities import Account, AccountId, Transaction, TransactionId
from txhub.domain.entries import Status
from txhub.domain.ledger import (
    PENDING_VOLUME,
    ended_volume,
    ended_volumes,
    holds_posted,
    is_ended,
    is_settled,
    posted_volumes,
    settled_volume,
)
from txhub.repository.content import content_of, plain_of
from txhub.repository.keys import TransactionKey
from txhub.repository.sealing import subject_of
from txhub.repository.worklist import doubt_marks, expiry_marks, expiry_of
from txhub.resources import TRANSACTIONS


class TransactionMissing(Missing):
    """No such transaction in this account."""

    code = "transaction_not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTransaction:
    """A transaction with the key it lies under and the sources that wrote it, latest first.

    `matched_by`: of these, the one that posted it in the place of its pending entry.
    `feed` and `edition` are kept while it is pending (see `txhub.repository.pending`). `sequence`:
    the highest of the messages that wrote it; None where only files did. `expires_on`: of a pending
    one, the last day that it is held. `is_news`: it was not a historical load or a re-drive that
    wrote it last.
    """

    transaction: Transaction
    key: TransactionKey
    sources: tuple[str, ...]
    matched_by: str | None = None
    feed: str | None = None
    edition: Edition | None = None
    sequence: int | None = None
    is_news: bool = True
    expires_on: date | None = None

    @property
    def volume(self) -> str:
        return self.key[0].partition("#")[2]

    @property
    def is_open(self) -> bool:
        """Pending, and shown as that."""
        return self.volume == PENDING_VOLUME

    @property
    def is_settled(self) -> bool:
        """It was pending, and is kept for its history."""
        return is_settled(self.volume)

    @property
    def is_unsettled(self) -> bool:
        """Postings may still settle it: it is pending, or its hold has ended with something left
        of it."""
        return self.is_open or is_ended(self.volume)

    def next_version(self, transaction: Transaction) -> "StoredTransaction":
        """With this content, as it is written over what was read."""
        version = self.transaction.version + 1
        return replace(self, transaction=replace(transaction, version=version))

    def put_away(self) -> "StoredTransaction":
        """A pending one, where it lies once it is settled or its hold has ended."""
        day = date.fromisoformat(self.key[1][:10])
        return self._moved((ended_volume if self.transaction.left_minor else settled_volume)(day))

    def brought_back(self) -> "StoredTransaction":
        """The way back."""
        return self._moved(PENDING_VOLUME)

    def _moved(self, volume: str) -> "StoredTransaction":
        account_id = self.transaction.account_id
        return replace(self, key=(f"{account_id}#{volume}", self.key[1]))


class TransactionRepository(Repository):
    """Transactions, filed by account and volume; the sort key is booking day, order, id.

    pk               sk                                  what
    acc_…#2018       2018-04-01#000000000007#txn_…       a posted transaction, the eighth of its day
    acc_…#P          2018-04-01#004047062491#txn_…       a pending one, by its moment
    acc_…#S2018      2018-04-01#004047062491#txn_…       it was pending: settled
    acc_…#X2018      2018-04-01#004047062491#txn_…       it was pending: ended, with something left
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

    def unsettled_of(
        self, accounts: Sequence[Account], first: date, last: date
    ) -> Iterator[StoredTransaction]:
        """What is pending in these accounts, and what was pending on the days from `first` to
        `last` and has ended with something left of it; read consistently."""
        ended = [
            f"{each.account_id}#{volume}"
            for each in accounts
            for volume in ended_volumes(each.volumes, first, last)
        ]
        pending = [f"{each.account_id}#{PENDING_VOLUME}" for each in accounts]
        found = self.query_each(pending, consistent=True)
        found += self.query_each(ended, sort=_between(first, last), consistent=True)
        return (stored_from_item(item) for items in found for item in items)

    def posted_between(
        self, account: Account, first: date, last: date
    ) -> Iterator[StoredTransaction]:
        """What is booked on these days, oldest first, read consistently."""
        for volume in reversed(posted_volumes(account.volumes, first, last)):
            partition = f"{account.account_id}#{volume}"
            for item in self.query_all(partition, sort=_between(first, last), consistent=True):
                yield stored_from_item(item)

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


def transaction_to_item(stored: StoredTransaction) -> Item:
    each, (pk, sk) = stored.transaction, stored.key
    item: Item = {
        "pk": pk,
        "sk": sk,
        "z": vault().seal(subject_of(each.account_id), plain_of(each), _place(pk, sk)),
        "h": each.content,
        "s": stored.sources[0],
        "n": each.version,
    }
    optional = {
        "w": list(stored.sources[1:]) or None,
        "l": frozenset(map(str, each.links)) or None,
        "m": stored.matched_by,
        "q": stored.sequence,
        "o": None if stored.is_news else True,
    }
    item |= {name: value for name, value in optional.items() if value is not None}
    return item | _marks(stored)


def _marks(stored: StoredTransaction) -> Item:
    """By what full memo files, the hold's end, and operators find it."""
    each = stored.transaction
    marks: Item = {}
    if each.status is Status.PENDING and stored.edition:
        marks |= {"f": stored.feed, "e": stored.edition}
    if stored.expires_on:
        marks |= expiry_marks(each.account_id, stored.expires_on, is_open=stored.is_open)
    if each.was_pending and each.was_pending.doubtful:
        marks |= doubt_marks(each.account_id, each.booked_day)
    return marks


def stored_from_item(item: Item) -> StoredTransaction:
    account_id = item["pk"].partition("#")[0]
    key = vault().key(subject_of(account_id), create=False)
    transaction = transaction_from_item(item, key)
    return StoredTransaction(
        transaction=transaction,
        key=(item["pk"], item["sk"]),
        sources=(item["s"], *item.get("w", ())),
        matched_by=item.get("m"),
        feed=item.get("f"),
        edition=item.get("e"),
        sequence=item.get("q"),
        expires_on=None if transaction.status is Status.POSTED else expiry_of(item),
        is_news="o" not in item,
    )


def origin_of(item: Item) -> str:
    """What wrote it last: a chunk's id, or a message's, without the line."""
    return str(item["s"]).partition(":")[0]


def transaction_from_item(item: Item, key: SubjectKey) -> Transaction:
    """Raises `Tampered` where the item is not as we wrote it, or stands where we did not put it."""
    pk, sk = item["pk"], item["sk"]
    account_id, _, volume = pk.partition("#")
    return Transaction(
        transaction_id=TransactionId(sk.rpartition("#")[2]),
        account_id=AccountId(account_id),
        status=Status.POSTED if holds_posted(volume) else Status.PENDING,
        links=tuple(sorted(item.get("l", ()))),
        source=item["s"],
        content=item["h"],
        version=item["n"],
        **content_of(key.open(item["z"], _place(pk, sk))),
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


def _between(first: date | None, last: date | None) -> Any:
    if first is None and last is None:
        return None
    low = first.isoformat() if first else "0"
    high = f"{last.isoformat()}$" if last else "9999-99-99"  # "$" sorts just behind "#"
    return Key("sk").between(low, high)


TRANSACTION_REPOSITORY = TransactionRepository()
