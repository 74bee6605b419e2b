"""The `disputes` table: what customers and the bank say is sealed, under the account's key."""

from collections.abc import Iterator
from datetime import datetime

import orjson

from aws.dynamodb import Attr, Item, Put, Repository
from aws.vault import Place, vault
from kernel.errors import Conflict, Missing
from txhub.domain.disputes import Dispute, DisputeMoved, DisputeStatus
from txhub.domain.entities import AccountId, CustomerId, TransactionId
from txhub.repository.sealing import subject_of
from txhub.resources import DISPUTES


class DisputeMissing(Missing):
    """Nobody disputes this transaction."""

    code = "dispute_not_found"


_OPEN = "open"  # the one partition of the index; whatever is not open is not in it


class DisputeRepository(Repository):
    """Disputes, by account and transaction.

    pk       sk        what
    acc_…    txn_…     the dispute about a transaction
    """

    table = DISPUTES

    def find(self, account_id: str, transaction_id: str) -> Dispute | None:
        item = self.get(account_id, transaction_id, consistent=True)
        return dispute_from_item(item) if item else None

    def open(self) -> Iterator[Dispute]:
        """All that are open, oldest first; a second behind."""
        return map(dispute_from_item, self.query_all(_OPEN, index="open"))

    def save(self, dispute: Dispute) -> None:
        """Writes a new dispute, or the next version of one. Raises `DisputeMoved`."""
        action = self.saved(dispute)
        try:
            self.put(action.item, condition=action.condition)
        except Conflict as lost:
            stored = dispute_from_item(lost.stored) if lost.stored else None
            raise DisputeMoved(stored=stored) from lost

    def saved(self, dispute: Dispute) -> Put:
        """The same as a part of a transaction."""
        is_new = Attr("pk").not_exists()
        unchanged = Attr("n").eq(dispute.version - 1)
        condition = is_new if dispute.version == 1 else unchanged
        return Put(self, dispute_to_item(dispute), condition)


def dispute_to_item(each: Dispute) -> Item:
    words = orjson.dumps([each.note, each.answer])
    place = _place(each.account_id, each.transaction_id)
    item: Item = {
        "pk": each.account_id,
        "sk": each.transaction_id,
        "z": vault().seal(subject_of(each.account_id), words, place),
        "c": each.opened_by,
        "t": each.opened_at.isoformat(),
        "st": each.status.value,
        "n": each.version,
    }
    if each.status is DisputeStatus.OPEN:
        item["q"] = _OPEN
    if each.ended_at:
        item["e"] = each.ended_at.isoformat()
    if each.answered_by:
        item["by"] = each.answered_by
    return item


def dispute_from_item(item: Item) -> Dispute:
    plain = vault().open(subject_of(item["pk"]), item["z"], _place(item["pk"], item["sk"]))
    note, answer = orjson.loads(plain)
    return Dispute(
        account_id=AccountId(item["pk"]),
        transaction_id=TransactionId(item["sk"]),
        opened_by=CustomerId(item["c"]),
        opened_at=datetime.fromisoformat(item["t"]),
        note=note,
        status=DisputeStatus(item["st"]),
        ended_at=datetime.fromisoformat(item["e"]) if "e" in item else None,
        answered_by=item.get("by"),
        answer=answer,
        version=item["n"],
    )


def _place(account_id: str, transaction_id: str) -> Place:
    return Place(table="disputes", key=f"{account_id}|{transaction_id}", attribute="z")


DISPUTE_REPOSITORY = DisputeRepository()
