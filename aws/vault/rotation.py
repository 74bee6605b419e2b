"""Rotating keys. What was sealed is never rewritten; only wrapped keys are.

Everything here can be interrupted and run again: what is done is seen from the records, and every
write is conditional on the record being as it was read.
"""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import structlog

from aws.dynamodb import Put, transact
from aws.vault import kms
from aws.vault.branches import BRANCHES, new_version, rewrapped, unwrapped, with_version
from aws.vault.errors import KeyDestroyed, KeyMissing
from aws.vault.fields import VERSIONS_MAX
from aws.vault.keyring import Keyring
from aws.vault.keys import SECRET_BYTES
from aws.vault.records import (
    BranchRecord,
    KeyRecords,
    SubjectRecord,
    subject_to_item,
    unchanged,
)
from aws.vault.service import ID_ROOT, Vault
from kernel.errors import Conflict, Refused, Unavailable

_TOGETHER = 100  # subjects wrapped again in one transaction
_log = structlog.get_logger(__name__)


class NeverRotated(Refused):
    """This key never rotates: ids are derived from it, and would change."""

    code = "never_rotated"


def provision(vault: Vault) -> str:
    """Makes the KMS key with its alias, the branch keys and the root of the ids, where missing.

    Returns the KMS key's ARN.
    """
    kms_key = kms.ensure_key()
    vault.keyring.branches.make_all()
    vault.prepare([ID_ROOT])
    return kms_key


def new_branch_versions(records: KeyRecords) -> dict[str, int]:
    """Gives each branch a new key for what is wrapped from now on; the versions now in use.

    Raises `Conflict` where another rotation is under way.
    """
    for record in _branches(records):
        version = record.version + 1
        _key, wrapped = new_version(record.branch, version)
        records.replace_branch(with_version(record, wrapped), instead_of=record)
        _log.info("vault_branch_rotated", branch=record.branch, version=version)
    return versions(records)


def versions(records: KeyRecords) -> dict[str, int]:
    """The version in use of each branch."""
    return {each.branch: each.version for each in _branches(records)}


def wrap_subjects_again(keyring: Keyring) -> Iterator[int]:
    """Wraps every subject key that is behind under its branch's present key; yields how many.

    Run again after an interruption, it goes on with those that are still behind. A subject that
    somebody else changes meanwhile is wrapped by that change, or met again in the next run.
    """
    records = keyring.records
    behind = records.subjects_behind(versions(records))
    while group := list(islice(behind, _TOGETHER)):
        branches = records.read((), {each.branch for each in group}).branches
        yield _replace_together(
            records, [(each, _wrapped_now(keyring, each, branches[each.branch])) for each in group]
        )


def wrap_branches_again(records: KeyRecords) -> Iterator[str]:
    """Wraps every branch key under the alias's present KMS key; yields the branches changed."""
    present = kms.present_key()
    for record in _branches(records):
        if all(each.kms_key == present for each in record.wrapped):
            continue
        wrapped = tuple(
            rewrapped(unwrapped(record, version)) for version in range(1, record.version + 1)
        )
        changed = replace(record, wrapped=wrapped, revision=record.revision + 1)
        records.replace_branch(changed, instead_of=record)
        _log.info("vault_branch_wrapped_again", branch=record.branch, kms_key=present)
        yield record.branch


def rotate_subject(vault: Vault, subject: str) -> int:
    """Gives a subject a new key for what is sealed from now on; its version.

    Raises `KeyMissing`, `KeyDestroyed`, `NeverRotated`, and `Conflict` where its record changes at
    the same moment.
    """
    if subject == ID_ROOT:
        raise NeverRotated
    keyring = vault.keyring
    found = keyring.records.read([subject], BRANCHES)
    record = found.subjects.get(subject)
    if record is None:
        raise KeyMissing
    if record.destroyed_at:
        raise KeyDestroyed
    if len(record.wrapped) >= VERSIONS_MAX:
        raise Refused("this key has as many versions as a sealed field can name")
    known = keyring.unwrapped(record, found.branches.get(record.branch))
    newest = (*known, secrets.token_bytes(SECRET_BYTES))
    changed = _wrapped_as(keyring, record, found.branches.get(record.branch), newest)
    keyring.records.replace_subject(changed, instead_of=record)
    keyring.forget(subject)
    _log.info("vault_subject_rotated", subject=subject, version=len(newest))
    return len(newest)


def _branches(records: KeyRecords) -> list[BranchRecord]:
    found = records.read((), BRANCHES).branches
    return [found[branch] for branch in sorted(found)]


def _wrapped_now(keyring: Keyring, record: SubjectRecord, branch: BranchRecord) -> SubjectRecord:
    return _wrapped_as(keyring, record, branch, keyring.unwrapped(record, branch))


def _wrapped_as(
    keyring: Keyring,
    record: SubjectRecord,
    branch: BranchRecord | None,
    secrets_known: tuple[bytes, ...],
) -> SubjectRecord:
    """The record with these secrets, all of them under the branch's present key."""
    key = keyring.branches.current(record.branch, branch)
    return replace(
        record,
        branch_version=key.version,
        wrapped=key.wrap(record.subject, secrets_known),
        revision=record.revision + 1,
    )


def _replace_together(
    records: KeyRecords, changes: list[tuple[SubjectRecord, SubjectRecord]]
) -> int:
    """Writes what nobody has changed since; how many were written."""
    puts = [Put(records, subject_to_item(new), unchanged(old)) for old, new in changes]
    try:
        transact(puts)
    except (Conflict, Unavailable):  # one of them is being changed: each by itself, then
        return sum(_replace_one(records, old, new) for old, new in changes)
    return len(changes)


def _replace_one(records: KeyRecords, old: SubjectRecord, new: SubjectRecord) -> bool:
    try:
        records.replace_subject(new, instead_of=old)
    except Conflict:
        return False
    return True
