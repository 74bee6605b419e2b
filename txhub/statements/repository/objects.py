"""The sealed objects of a statement: one of each form, written once and never again."""

from contextlib import suppress
from enum import StrEnum

from aws import storage
from aws.storage import ObjectExists
from aws.vault import vault
from kernel.ids import keyed_id
from txhub.domain.entities import AccountId
from txhub.repository.sealing import subject_of
from txhub.resources import STATEMENT_OBJECTS
from txhub.statements.domain.months import Month


class Form(StrEnum):
    """What a statement may be had as; the ending of its object's key."""

    JSON = "json"
    PDF = "pdf"


def content_name(content: bytes) -> str:
    """The name of a statement's content, and of its objects: the same content has the same name,
    and other content never writes over it."""
    return keyed_id("stm", vault().id_key("statements"), content.decode())


def write_object(
    account_id: AccountId, month: Month, name: str, form: Form, content: bytes
) -> None:
    """Leaves what stands there: it is the same."""
    key = _key(account_id, month, name, form)
    with suppress(ObjectExists):
        storage.put_sealed(
            STATEMENT_OBJECTS,
            key,
            [content],
            subject=subject_of(account_id),
            purpose=_purpose(key),
            if_none_match=True,
        )


def read_object(account_id: AccountId, month: Month, name: str, form: Form) -> bytes:
    """Raises `Tampered`, `KeyDestroyed`, `ObjectMissing`."""
    key = _key(account_id, month, name, form)
    return b"".join(storage.get_sealed(STATEMENT_OBJECTS, key, purpose=_purpose(key)))


def _key(account_id: AccountId, month: Month, name: str, form: Form) -> str:
    return f"{account_id}/{month}/{name}.{form}"


def _purpose(key: str) -> str:
    return f"statement {key}"
