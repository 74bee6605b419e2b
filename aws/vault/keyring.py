"""The subject keys of this process: found in the cache, else read, else made."""

import time
from collections.abc import Collection, Iterable
from secrets import token_bytes

import structlog

from aws.vault.branches import BranchKeys, branch_for
from aws.vault.cache import Cache, Monotonic
from aws.vault.errors import KeyDestroyed, KeyMissing, Tampered
from aws.vault.flights import Flights, Renewals
from aws.vault.keys import SECRET_BYTES, SubjectKey
from aws.vault.records import BranchRecord, Found, KeyRecords, SubjectRecord
from kernel.errors import HubError

_log = structlog.get_logger(__name__)
_SUBJECT_BYTES_MAX = 255


# A subject's key, or the error that everyone gets who asks for it.
Known = SubjectKey | HubError


class Keyring:
    """Subject keys by name. A miss costs one read and at most one call to KMS."""

    def __init__(
        self,
        records: KeyRecords,
        *,
        keys_max: int,
        lifetime_s: float,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self.records = records
        self.branches = BranchKeys(records, lifetime_s=lifetime_s, monotonic=monotonic)
        self._monotonic = monotonic
        self._flights: Flights[str, Known] = Flights()
        self._renewals: Renewals[str] = Renewals(self._renew_many)
        self._cache: Cache[str, Known] = Cache(
            size_max=keys_max,
            lifetime_s=lifetime_s,
            renew=self._renewals.ask,
            monotonic=monotonic,
        )

    def key(self, subject: str, *, create: bool) -> SubjectKey:
        """The subject's key. Raises `KeyDestroyed`, and `KeyMissing` unless it may create one."""
        known = self._cache.get(subject)
        if known is None:
            known = self.fetch([subject], create=create).get(subject)
        if isinstance(known, SubjectKey):
            return known
        if known is None:
            raise KeyMissing
        raise type(known)(known.message)  # not the one object, which others may be raising too

    def fetch(self, subjects: Iterable[str], *, create: bool) -> dict[str, Known]:
        """Reads, and makes where it may, what the cache does not hold; those alone are returned."""
        wanted = [each for each in dict.fromkeys(subjects) if self._cache.get(each) is None]
        found = self._flights.fetch(wanted, lambda mine: self._load(mine, create=create))
        missing = [each for each in wanted if each not in found]
        if missing and create:  # somebody else was looking for them, and was not to create them
            found |= self._flights.fetch(missing, lambda mine: self._load(mine, create=True))
        return found

    def renew(self, subject: str) -> SubjectKey:
        """The key as it is stored now. Raises as `key` does."""
        self.forget(subject)
        return self.key(subject, create=False)

    def forget(self, subject: str) -> None:
        """Drops the key from this process; other processes keep theirs up to the lifetime."""
        self._cache.drop(subject)

    def unwrapped(self, record: SubjectRecord, branch: BranchRecord | None) -> tuple[bytes, ...]:
        """A subject's secrets, version 1 first. Raises `Tampered`."""
        key = self.branches.of_version(record.branch, record.branch_version, branch)
        return key.unwrap(record.subject, record.wrapped)

    def _load(self, subjects: list[str], *, create: bool) -> dict[str, Known]:
        known = {each: self._cache.get(each) for each in subjects}
        found = {each: key for each, key in known.items() if key is not None}
        unread = [each for each in subjects if each not in found]
        return found | self._read(unread, create=create) if unread else found

    def _read(self, subjects: Collection[str], *, create: bool) -> dict[str, Known]:
        began = self._monotonic()
        # The branches come with the same read: no miss ever waits for a second one.
        stored = self.records.read(subjects, {branch_for(each) for each in subjects})
        missing = [each for each in subjects if each not in stored.subjects]
        if missing and create:
            stored = self._make(missing, stored)
        found = {each: self._known(record, stored) for each, record in stored.subjects.items()}
        for subject, known in found.items():
            if not isinstance(known, Tampered):  # that may be mended; look again next time
                self._cache.put(subject, known, read_at=began)
        return found

    def _make(self, missing: list[str], stored: Found) -> Found:
        new = [self._new_record(each, stored.branches) for each in missing]
        added = {each.subject: each for each in self.records.add_subjects(new)}
        return Found(stored.subjects | added, stored.branches)

    def _new_record(self, subject: str, branches: dict[str, BranchRecord]) -> SubjectRecord:
        if not 1 <= len(subject.encode()) <= _SUBJECT_BYTES_MAX:
            raise ValueError("a subject's name has 1 to 255 bytes")
        branch = branch_for(subject)
        key = self.branches.current(branch, branches.get(branch))
        return SubjectRecord(
            subject=subject,
            branch=branch,
            branch_version=key.version,
            wrapped=key.wrap(subject, (token_bytes(SECRET_BYTES),)),
        )

    def _known(self, record: SubjectRecord, stored: Found) -> Known:
        if record.destroyed_at:
            return KeyDestroyed()
        try:
            unwrapped = self.unwrapped(record, stored.branches.get(record.branch))
        except Tampered as error:  # its own trouble: the others of this read are well
            _log.error("vault_key_tampered", subject=record.subject, reason=error.message)
            return error
        return SubjectKey(record.subject, unwrapped, self.renew)

    def _renew_many(self, subjects: list[str]) -> None:
        found = self._read(subjects, create=False)
        for subject in subjects:
            if subject not in found:
                self.forget(subject)
