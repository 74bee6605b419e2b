"""Consents: what a customer agreed to now, and every version of it."""

from collections.abc import Iterable
from datetime import datetime

from alerts.mail.domain.consents import Consent, Source
from alerts.mail.resources import CONSENTS as TABLE
from aws.dynamodb import Attr, Item, Key, Put, Repository, transact


class ConsentRepository(Repository):
    """Consents by customer.

    pk            sk                    what
    <customer>    alert_digest          the version that holds
    <customer>    alert_digest#0003     each version, for ever
    """

    table = TABLE

    def find(self, customer_id: str, kind: str) -> Consent | None:
        item = self.get(customer_id, kind, consistent=True)
        return consent_from_item(item) if item else None

    def find_many(self, customer_ids: Iterable[str], kind: str) -> dict[str, Consent]:
        """The versions that hold, of those who ever decided."""
        keys = [(each, kind) for each in sorted(set(customer_ids))]
        items = self.batch_get(keys, consistent=True)
        return {item["pk"]: consent_from_item(item) for item in items}

    def history(self, customer_id: str, kind: str) -> list[Consent]:
        """All versions, the newest first."""
        versions = Key("sk").begins_with(f"{kind}#")
        items = self.query_all(customer_id, sort=versions, descending=True)
        return list(map(consent_from_item, items))

    def add(self, consent: Consent) -> None:
        """The next version. Raises `Conflict` where somebody else has decided meanwhile."""
        is_first = Attr("pk").not_exists()
        follows = Attr("n").eq(consent.version - 1)
        item = consent_to_item(consent)
        version = {**item, "sk": f"{consent.kind}#{consent.version:04}"}
        holds = is_first if consent.version == 1 else follows
        transact([Put(self, item, holds), Put(self, version, is_first)])


def consent_to_item(each: Consent) -> Item:
    return {
        "pk": each.customer_id,
        "sk": each.kind,
        "g": each.given,
        "t": each.at.isoformat(),
        "s": each.source.value,
        "w": each.terms,
        "n": each.version,
    }


def consent_from_item(item: Item) -> Consent:
    return Consent(
        customer_id=item["pk"],
        kind=item["sk"].partition("#")[0],
        given=item["g"],
        at=datetime.fromisoformat(item["t"]),
        source=Source(item["s"]),
        terms=item["w"],
        version=item["n"],
    )


CONSENTS = ConsentRepository()
