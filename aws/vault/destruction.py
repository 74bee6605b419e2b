"""Destroying keys, and the legal holds that forbid it.

A destroyed key leaves a tombstone: nothing sealed under it opens again, and nobody makes the
subject a new one. Other processes notice within the lifetime of their caches.
"""

from dataclasses import replace
from datetime import datetime

import structlog

from aws.vault.errors import KeyDestroyed, KeyMissing
from aws.vault.records import KeyRecords, SubjectRecord
from aws.vault.service import ID_ROOT, Vault
from kernel.errors import Refused

_log = structlog.get_logger(__name__)


class UnderLegalHold(Refused):
    """A legal hold forbids destroying this key."""

    code = "under_legal_hold"


class NeverDestroyed(Refused):
    """This key is never destroyed: all ids are derived from it."""

    code = "never_destroyed"


def destroy(vault: Vault, subject: str, *, now: datetime) -> datetime:
    """Destroys a subject's key, all versions; when that was done, which may be earlier.

    Raises `UnderLegalHold`, `KeyMissing`, `NeverDestroyed`, and `Conflict` where a hold was set or
    the key rotated at the same moment.
    """
    if subject == ID_ROOT:
        raise NeverDestroyed
    records = vault.keyring.records
    record = _record(records, subject)
    if record.destroyed_at:
        return record.destroyed_at
    if record.holds:
        raise UnderLegalHold
    gone = replace(record, wrapped=(), destroyed_at=now, revision=record.revision + 1)
    records.replace_subject(gone, instead_of=record)
    vault.keyring.forget(subject)
    _log.warning("vault_key_destroyed", subject=subject)
    return now


def hold(vault: Vault, subject: str, case: str) -> frozenset[str]:
    """Forbids destroying the key as long as `case` (a reference, no names) holds; all its holds.

    Raises `KeyMissing` and `KeyDestroyed`.
    """
    records = vault.keyring.records
    record = _record(records, subject)
    if record.destroyed_at:
        raise KeyDestroyed
    return _with_holds(records, record, record.holds | {case})


def release(vault: Vault, subject: str, case: str) -> frozenset[str]:
    """Ends the hold of one case; the holds that remain. Raises `KeyMissing`."""
    records = vault.keyring.records
    record = _record(records, subject)
    return _with_holds(records, record, record.holds - {case})


def _record(records: KeyRecords, subject: str) -> SubjectRecord:
    record = records.read([subject]).subjects.get(subject)
    if record is None:
        raise KeyMissing
    return record


def _with_holds(
    records: KeyRecords, record: SubjectRecord, holds: frozenset[str]
) -> frozenset[str]:
    changed = replace(record, holds=holds, revision=record.revision + 1)
    records.replace_subject(changed, instead_of=record)
    _log.info("vault_legal_holds", subject=record.subject, holds=len(holds))
    return holds
