"""Ids that tell nothing, and are the same for the same: made with keys that never change."""

from alerts.mail.domain.addresses import comparable
from aws.vault import vault
from kernel.ids import keyed_id


def mail_id(campaign: str, customer_id: str) -> str:
    """The mail of a customer in a campaign: there is one, so there cannot be two."""
    return keyed_id("mail", vault().id_key("mails"), campaign, customer_id)


def address_id(address: str) -> str:
    """What the suppression list calls an address."""
    return keyed_id("adr", vault().id_key("mail-addresses"), comparable(address))


def subject_of(customer_id: str) -> str:
    """The vault's subject of a customer."""
    return f"customer:{customer_id}"
