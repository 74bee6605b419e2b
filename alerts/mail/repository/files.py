"""The sealed files of a campaign: its list, and its rendered mails, a file for each part.

A list is a line for each customer: `[customer id, facts, id…]`, with the ids of what is told once.
A rendered file has one for each mail: `[mail id, customer id, address id, address, message]`, or
`[mail id, customer id, reason]` where there is no address to render for. Each file is written once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import orjson

from alerts.mail.domain.kinds import Campaign, Listed, checked_facts
from alerts.mail.domain.mails import Reason
from alerts.mail.resources import FILES
from aws import storage
from aws.storage import ObjectExists
from txhub.batch.cutting import packed, unpacked

LISTS = "lists/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A mail that is ready to be sent; or `missing` says why there is none."""

    mail_id: str
    customer_id: str
    address_id: str = ""
    address: str = field(default="", repr=False)
    raw: bytes = field(default=b"", repr=False)
    missing: Reason | None = None


def list_key(campaign: Campaign) -> str:
    return f"{LISTS}{campaign.name}"


def rendered_key(campaign: Campaign, part: int) -> str:
    return f"rendered/{campaign.name}/{part:06}"


def list_exists(campaign: Campaign) -> bool:
    try:
        storage.head(FILES, list_key(campaign))
    except storage.ObjectMissing:
        return False
    return True


def write_list(campaign: Campaign, listed: Iterable[Listed]) -> None:
    """Writes the list, unless there is one: that one then counts."""
    _write_once(campaign, list_key(campaign), map(listed_to_line, listed))


def read_list(campaign: Campaign) -> Iterator[bytes]:
    """Its lines. Raises `ObjectMissing`, `Tampered`."""
    return _read(list_key(campaign))


def listed_to_line(each: Listed) -> bytes:
    return orjson.dumps([each.customer_id, checked_facts(each.facts), *each.ids])


def listed_from_line(line: bytes) -> Listed:
    customer_id, facts, *ids = orjson.loads(line)
    return Listed(customer_id=customer_id, facts=checked_facts(facts), ids=tuple(ids))


def write_rendered(campaign: Campaign, part: int, mails: Iterable[Rendered]) -> None:
    """Writes a part's mails, unless somebody has: those then count."""
    _write_once(campaign, rendered_key(campaign, part), map(rendered_to_line, mails))


def read_rendered(key: str) -> Iterator[Rendered]:
    """Raises `ObjectMissing`, `Tampered`."""
    return map(rendered_from_line, _read(key))


def rendered_to_line(each: Rendered) -> bytes:
    if each.missing:
        return orjson.dumps([each.mail_id, each.customer_id, each.missing.value])
    message = each.raw.decode("ascii")
    return orjson.dumps([each.mail_id, each.customer_id, each.address_id, each.address, message])


def rendered_from_line(line: bytes) -> Rendered:
    mail_id, customer_id, *rest = orjson.loads(line)
    if len(rest) == 1:
        return Rendered(mail_id=mail_id, customer_id=customer_id, missing=Reason(rest[0]))
    address_id, address, message = rest
    return Rendered(
        mail_id=mail_id,
        customer_id=customer_id,
        address_id=address_id,
        address=address,
        raw=message.encode("ascii"),
    )


def _write_once(campaign: Campaign, key: str, lines: Iterable[bytes]) -> None:
    try:
        storage.put_sealed(
            FILES,
            key,
            packed(lines),
            subject=f"feed:mail.{campaign.kind}",
            purpose=_purpose(key),
            if_none_match=True,
        )
    except ObjectExists:
        return


def _read(key: str) -> Iterator[bytes]:
    return unpacked(storage.get_sealed(FILES, key, purpose=_purpose(key)))


def _purpose(key: str) -> str:
    """A file opens at its own place only."""
    return f"mail {key}"
