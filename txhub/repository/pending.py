"""Pending entries as a full memo file sees them: by feed, and without looking inside.

A directory says which accounts hold some, so that a file that no longer mentions an account still
takes away what is left there. It is written before the entries are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from aws.dynamodb import Attr, Change, Delete, Item, Repository, Update, transact
from kernel.errors import Conflict
from txhub.domain.editions import Edition
from txhub.domain.entities import AccountId, TransactionId
from txhub.domain.ledger import PENDING_VOLUME
from txhub.repository.keys import TransactionKey
from txhub.repository.transactions import TRANSACTION_REPOSITORY
from txhub.resources import ACCOUNTS

# How many entries go in one transaction, beside the directory's own item.
TOGETHER_MAX = 99
# What account ids may begin with, as DynamoDB sorts it.
_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingEntry:
    """What stands in the clear of a pending entry."""

    transaction_id: TransactionId
    key: TransactionKey
    version: int
    feed: str | None
    edition: Edition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An account that holds, or lately held, pending entries of a feed.

    `edition`: the last that added one. `pruned_by`, `pruned`: the prune that took some away last,
    and how many.
    """

    feed: str
    account_id: AccountId
    edition: Edition
    pruned_by: str | None = None
    pruned: int = 0


class PendingDirectory(Repository):
    """Accounts with pending entries, by feed, in the order of their ids.

    pk               sk       what
    F#<feed>#<x>     acc_…    a listed account; `x` is the first letter of its id behind `acc_`

    By first letters a feed is spread over 32 partitions, which are read one after the other.
    """

    table = ACCOUNTS

    def listing(self, feed: str, account_id: AccountId, edition: Edition) -> Change:
        """The write that lists an account; to be done before its entry is written."""
        return Change(self, _partition(feed, account_id), account_id, Update(set={"e": edition}))

    def accounts(self, feed: str) -> Iterator[Listed]:
        """All listed accounts of a feed, by id."""
        for letter in _LETTERS:
            for item in self.query_all(f"F#{feed}#{letter}", consistent=True):
                yield listed_from_item(feed, item)

    def find(self, feed: str, account_id: AccountId) -> Listed | None:
        item = self.get(_partition(feed, account_id), account_id, consistent=True)
        return listed_from_item(feed, item) if item else None

    def take_away(self, listed: Listed, entries: Sequence[PendingEntry], prune: str) -> Listed:
        """Deletes entries (`TOGETHER_MAX` at the most) and counts them, all or nothing.

        Raises `Conflict` where one of them, or the count, has changed since it was read.
        """
        before = listed.pruned if listed.pruned_by == prune else 0
        after = replace(listed, pruned_by=prune, pruned=before + len(entries))
        deleted = [
            Delete(TRANSACTION_REPOSITORY, *each.key, Attr("n").eq(each.version))
            for each in entries
        ]
        transact([*deleted, self._counting(listed, after)])
        return after

    def forget(self, listed: Listed) -> None:
        """Takes an account off the list, unless somebody has listed it anew."""
        as_it_was = Attr("e").eq(listed.edition)
        pk = _partition(listed.feed, listed.account_id)
        try:
            self.delete(pk, listed.account_id, condition=as_it_was)
        except Conflict:
            return

    def _counting(self, before: Listed, after: Listed) -> Change:
        as_it_was = Attr("t").eq(before.pruned_by) & Attr("c").eq(before.pruned)
        never_counted = Attr("t").not_exists()
        return Change(
            self,
            _partition(after.feed, after.account_id),
            after.account_id,
            Update(set={"t": after.pruned_by, "c": after.pruned}),
            as_it_was if before.pruned_by else never_counted,
        )


def pending_entries(account_id: AccountId) -> list[PendingEntry]:
    """An account's pending entries, of all feeds. No key is needed to see them."""
    partition = f"{account_id}#{PENDING_VOLUME}"
    items = TRANSACTION_REPOSITORY.query_all(partition, consistent=True)
    return [
        PendingEntry(
            transaction_id=TransactionId(item["sk"].rpartition("#")[2]),
            key=(item["pk"], item["sk"]),
            version=item["n"],
            feed=item.get("f"),
            edition=item.get("e"),
        )
        for item in items
    ]


def listed_from_item(feed: str, item: Item) -> Listed:
    return Listed(
        feed=feed,
        account_id=AccountId(item["sk"]),
        edition=Edition(item["e"]),
        pruned_by=item.get("t"),
        pruned=item.get("c", 0),
    )


def _partition(feed: str, account_id: AccountId) -> str:
    return f"F#{feed}#{account_id.partition('_')[2][0]}"


PENDING_DIRECTORY = PendingDirectory()
