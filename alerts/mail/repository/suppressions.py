"""Addresses that get no mail: keyed hashes, so nobody reads from the list whose they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alerts.mail.domain.mails import Reason
from alerts.mail.resources import SUPPRESSIONS as TABLE
from aws.dynamodb import Attr, Delete, Item, Repository
from kernel.errors import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """`mail_id`: the mail that bounced, or was complained about."""

    address_id: str
    reason: Reason
    at: datetime
    mail_id: str


class SuppressionRepository(Repository):
    """Suppressions by address; the first reason stays."""

    table = TABLE

    def add(self, suppression: Suppression) -> None:
        """Again changes nothing."""
        never_listed = Attr("pk").not_exists()
        try:
            self.put(suppression_to_item(suppression), condition=never_listed)
        except Conflict:
            return

    def lifting(self, suppression: Suppression) -> Delete:
        """The write that takes it off the list, if it is the one that stands there."""
        is_this = Attr("t").eq(suppression.at.isoformat())
        return Delete(self, suppression.address_id, None, is_this)

    def find(self, address_id: str) -> Suppression | None:
        item = self.get(address_id, consistent=True)
        return suppression_from_item(item) if item else None

    def find_many(self, address_ids: Iterable[str]) -> dict[str, Suppression]:
        """Those of the addresses that are on the list."""
        items = self.batch_get([(each, None) for each in sorted(set(address_ids))], consistent=True)
        return {item["pk"]: suppression_from_item(item) for item in items}


def suppression_to_item(each: Suppression) -> Item:
    return {
        "pk": each.address_id,
        "r": each.reason.value,
        "t": each.at.isoformat(),
        "m": each.mail_id,
    }


def suppression_from_item(item: Item) -> Suppression:
    return Suppression(
        address_id=item["pk"],
        reason=Reason(item["r"]),
        at=datetime.fromisoformat(item["t"]),
        mail_id=item["m"],
    )


SUPPRESSIONS = SuppressionRepository()
