"""Where customers are reached: a copy of what Cognito knows, sealed under each customer's key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson

from alerts.mail.repository.ids import subject_of
from alerts.mail.resources import CONTACTS as TABLE
from aws.dynamodb import Item, Repository
from aws.vault import KeyDestroyed, Place, vault
from kernel.clock import epoch_s

_COPIED = "copied"  # the item that says when the copy was made; no customer is called so


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Address and name stay out of `repr`, and so out of logs."""

    customer_id: str
    address: str = field(repr=False)
    name: str = field(repr=False)


class ContactRepository(Repository):
    """Contacts by customer.

    pk              what
    <customer>      address and name, sealed
    copied          when the last whole copy was made
    """

    table = TABLE

    def find_many(self, customer_ids: Iterable[str]) -> dict[str, Contact]:
        """Those that are known; whoever's key is destroyed is not."""
        unique = sorted(set(customer_ids))
        vault().prepare(map(subject_of, unique), create=False)
        items = self.batch_get([(each, None) for each in unique])
        contacts = filter(None, map(_readable, items))
        return {each.customer_id: each for each in contacts}

    def save(self, contacts: Sequence[Contact]) -> None:
        """Writes them over what stood there; no two of one customer."""
        vault().prepare(subject_of(each.customer_id) for each in contacts)
        self.batch_write(puts=map(contact_to_item, contacts))

    def copied_at(self) -> datetime | None:
        """When the last copy of all customers was begun that came to its end."""
        item = self.get(_COPIED)
        return datetime.fromtimestamp(item["t"], UTC) if item else None

    def note_copy(self, begun: datetime) -> None:
        self.put({"pk": _COPIED, "t": epoch_s(begun)})


def contact_to_item(each: Contact) -> Item:
    plain = orjson.dumps([each.address, each.name])
    sealed = vault().seal(subject_of(each.customer_id), plain, _place(each.customer_id))
    return {"pk": each.customer_id, "z": sealed}


def contact_from_item(item: Item) -> Contact:
    customer_id = item["pk"]
    plain = vault().open(subject_of(customer_id), item["z"], _place(customer_id))
    address, name = orjson.loads(plain)
    return Contact(customer_id=customer_id, address=address, name=name)


def _readable(item: Item) -> Contact | None:
    try:
        return contact_from_item(item)
    except KeyDestroyed:
        return None


def _place(customer_id: str) -> Place:
    return Place(table="mail-contacts", key=customer_id, attribute="z")


CONTACTS = ContactRepository()
