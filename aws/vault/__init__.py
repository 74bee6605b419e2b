"""The vault: what names a person, merchant, card or account is sealed under its subject's key.

    KMS key (alias) -> branch key -> subject key -> fields and files

    from aws.vault import Place, vault

    place = Place(table="transactions", key="acc_…#2018-04|txn_…", attribute="z")
    sealed = vault().seal("account:acc_…", b"…", place)
    vault().open("account:acc_…", sealed, place)

Why it is built so: docs/adr/0004-vault.md. Rotating: `manage.py rotate_keys`; destroying:
`manage.py destroy_keys` and docs/retention.md.
"""

from aws.vault.errors import KeyDestroyed, KeyMissing, Tampered
from aws.vault.fields import Place
from aws.vault.frames import is_sealed
from aws.vault.keys import SubjectKey
from aws.vault.service import Vault, vault
from aws.vault.tables import WRAPPED_KEYS

__all__ = [
    "WRAPPED_KEYS",
    "KeyDestroyed",
    "KeyMissing",
    "Place",
    "SubjectKey",
    "Tampered",
    "Vault",
    "is_sealed",
    "vault",
]
