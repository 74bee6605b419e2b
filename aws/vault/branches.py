"""Branch keys: eight of them, so that no single item guards everything.

Subjects are spread over them by checksum. Each version of a branch key is one secret that KMS
wrapped; a process unwraps it once, and again before its lifetime ends.
"""

import zlib
from dataclasses import replace

from aws.vault import kms
from aws.vault.cache import Cache, Monotonic
from aws.vault.errors import Tampered
from aws.vault.flights import Flights, Renewals
from aws.vault.keys import BranchKey
from aws.vault.records import BranchRecord, KeyRecords, KmsWrapped

# May be raised: each subject's record names its own branch, this only places new ones.
BRANCHES = tuple(f"{number:02d}" for number in range(8))
_CACHED_MAX = 256  # eight branches, with every version that rotation may have left in use

VersionOf = tuple[str, int]  # branch, version


def branch_for(subject: str) -> str:
    """The branch that a new subject's key is wrapped under; the same in every process."""
    return BRANCHES[zlib.crc32(subject.encode()) % len(BRANCHES)]


class BranchKeys:
    """The process's unwrapped branch keys."""

    def __init__(self, records: KeyRecords, *, lifetime_s: float, monotonic: Monotonic) -> None:
        self._records = records
        self._monotonic = monotonic
        self._flights: Flights[VersionOf, BranchKey] = Flights()
        self._renewals: Renewals[VersionOf] = Renewals(self._renew)
        self._cache: Cache[VersionOf, BranchKey] = Cache(
            size_max=_CACHED_MAX,
            lifetime_s=lifetime_s,
            renew=self._renewals.ask,
            monotonic=monotonic,
        )

    def current(self, branch: str, record: BranchRecord | None) -> BranchKey:
        """The key to wrap under. Made where `record` says that the branch has none yet."""
        if record is None:
            return self._make(branch)
        return self.of_version(branch, record.version, record)

    def of_version(self, branch: str, version: int, record: BranchRecord | None) -> BranchKey:
        """One version of a branch's key: from the cache, or by one call to KMS.

        `record` is what was read of the branch; where it does not know the version, because
        rotation came in between, it is read again. Raises `Tampered` where KMS gives another key
        than the one that was wrapped, and where there is no such version.
        """
        wanted = (branch, version)
        cached = self._cache.get(wanted)
        if cached is not None:
            return cached
        found = self._flights.fetch([wanted], lambda _mine: {wanted: self._load(wanted, record)})
        return found[wanted]

    def make_all(self) -> None:
        """Makes the keys of all branches that have none."""
        existing = self._records.read((), BRANCHES).branches
        for branch in BRANCHES:
            self.current(branch, existing.get(branch))

    def _make(self, branch: str) -> BranchKey:
        first = (branch, 1)
        return self._flights.fetch([first], lambda _mine: {first: self._create(branch)})[first]

    def _create(self, branch: str) -> BranchKey:
        cached = self._cache.get((branch, 1))
        if cached is not None:
            return cached
        began = self._monotonic()
        key, wrapped = new_version(branch, 1)
        stored = self._records.add_branch(BranchRecord(branch=branch, wrapped=(wrapped,)))
        if stored.wrapped[0] != wrapped:
            return self._load((branch, stored.version), stored)  # another process was faster
        self._cache.put((branch, 1), key, read_at=began)
        return key

    def _load(self, wanted: VersionOf, record: BranchRecord | None) -> BranchKey:
        cached = self._cache.get(wanted)
        if cached is not None:
            return cached  # fetched between our look and our flight
        branch, version = wanted
        began = self._monotonic()
        if record is None or record.version < version:
            record = self._records.read((), [branch]).branches.get(branch)
        if record is None:
            raise Tampered("a wrapped key names a branch that does not exist")
        key = unwrapped(record, version)
        self._cache.put(wanted, key, read_at=began)
        return key

    def _renew(self, keys: list[VersionOf]) -> None:
        records = self._records.read((), {branch for branch, _version in keys}).branches
        for branch, version in keys:
            if branch in records:
                began = self._monotonic()
                key = unwrapped(records[branch], version)
                self._cache.put((branch, version), key, read_at=began)


def unwrapped(record: BranchRecord, version: int) -> BranchKey:
    """One version of a branch key by one call to KMS, verified. Raises `Tampered`."""
    if not 1 <= version <= record.version:
        raise Tampered("a wrapped key names a branch key version that does not exist")
    wrapped = record.wrapped[version - 1]
    secret = kms.unwrap(wrapped.ciphertext, wrapped.kms_key, context_of(record.branch, version))
    key = BranchKey(record.branch, version, secret)
    key.verify(wrapped.check_value)
    return key


def new_version(branch: str, version: int) -> tuple[BranchKey, KmsWrapped]:
    """A fresh branch key, wrapped under the alias's present KMS key."""
    made = kms.generate(context_of(branch, version))
    key = BranchKey(branch, version, made.secret)
    return key, wrapped_as(made, key)


def rewrapped(key: BranchKey) -> KmsWrapped:
    """The same branch key under the alias's present KMS key."""
    return wrapped_as(kms.wrap(key.secret, context_of(key.branch, key.version)), key)


def wrapped_as(made: kms.DataKey, key: BranchKey) -> KmsWrapped:
    return KmsWrapped(
        ciphertext=made.ciphertext, kms_key=made.kms_key, check_value=key.check_value()
    )


def with_version(record: BranchRecord, wrapped: KmsWrapped) -> BranchRecord:
    """The record with one more version, which is then the one in use."""
    return replace(record, wrapped=(*record.wrapped, wrapped), revision=record.revision + 1)


def context_of(branch: str, version: int) -> kms.Context:
    """What KMS binds the ciphertext to; it stands in CloudTrail in the clear."""
    return {"txhub:purpose": "branch-key", "txhub:branch": branch, "txhub:version": str(version)}
