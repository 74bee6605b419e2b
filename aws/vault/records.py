"""Wrapped keys as they lie in their table.

=================  ============================================================
`S#<subject>`      a subject's key: all its versions under one branch key version
`B#<branch>`       a branch key: all its versions, each wrapped by KMS
=================  ============================================================
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aws.dynamodb import Attr, ConditionBase, Item, Put, Repository, transact
from aws.dynamodb.attributes import decode_item
from aws.dynamodb.calls import call
from aws.dynamodb.expressions import Expressions
from aws.vault.tables import WRAPPED_KEYS
from kernel.errors import Conflict, Unavailable

_TRANSACTION_MAX = 100
_TOGETHER_ROUNDS_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRecord:
    """A subject's wrapped keys, version 1 first; none of them once it is destroyed."""

    subject: str
    branch: str
    branch_version: int
    wrapped: tuple[bytes, ...]
    revision: int = 1
    holds: frozenset[str] = frozenset()  # references of the cases that forbid destroying it
    destroyed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KmsWrapped:
    """One version of a branch key: what KMS gave, under which KMS key, and our own check value."""

    ciphertext: bytes = field(repr=False)
    kms_key: str
    check_value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRecord:
    """A branch's wrapped keys, version 1 first; the last is the one in use."""

    branch: str
    wrapped: tuple[KmsWrapped, ...]
    revision: int = 1

    @property
    def version(self) -> int:
        return len(self.wrapped)


@dataclass(frozen=True, slots=True)
class Found:
    """What one read gave, by name."""

    subjects: dict[str, SubjectRecord]
    branches: dict[str, BranchRecord]


class KeyRecords(Repository):
    """The wrapped keys. Reads are consistent: a key made a moment ago elsewhere must be seen."""

    table = WRAPPED_KEYS

    def read(self, subjects: Collection[str], branches: Collection[str] = ()) -> Found:
        """The records that exist, in one read for each hundred."""
        keys = [(_subject_pk(each), None) for each in subjects]
        keys += [(_branch_pk(each), None) for each in branches]
        items = self.batch_get(keys, consistent=True)
        return Found(
            {each.subject: each for each in map(subject_from_item, _of(items, "S#"))},
            {each.branch: each for each in map(branch_from_item, _of(items, "B#"))},
        )

    def add_subjects(self, new: Sequence[SubjectRecord]) -> list[SubjectRecord]:
        """Stores them where none stands yet; what stands there afterwards, others' included."""
        stored: list[SubjectRecord] = []
        for start in range(0, len(new), _TRANSACTION_MAX):
            stored += self._add_together(list(new[start : start + _TRANSACTION_MAX]))
        return stored

    def add_branch(self, new: BranchRecord) -> BranchRecord:
        """Stores it where none stands yet; the one that stands there afterwards."""
        try:
            self.put(branch_to_item(new), condition=_NEVER_MADE)
        except Conflict as lost:
            return branch_from_item(lost.stored)
        return new

    def replace_subject(self, record: SubjectRecord, *, instead_of: SubjectRecord) -> None:
        """Raises `Conflict` where another than `instead_of` stands there by now."""
        self.put(subject_to_item(record), condition=unchanged(instead_of))

    def replace_branch(self, record: BranchRecord, *, instead_of: BranchRecord) -> None:
        """Raises `Conflict` where another than `instead_of` stands there by now."""
        self.put(branch_to_item(record), condition=unchanged(instead_of))

    def subjects_behind(self, current: dict[str, int]) -> Iterator[SubjectRecord]:
        """Subjects wrapped under an older version than the `current` one of their branch."""
        is_a_subject = Attr("bv").exists()
        is_alive = Attr("w").exists()
        for item in self._scan(is_a_subject & is_alive):
            record = subject_from_item(item)
            if record.branch_version < current.get(record.branch, 0):
                yield record

    def _add_together(self, new: list[SubjectRecord]) -> list[SubjectRecord]:
        stored: list[SubjectRecord] = []
        for _round in range(_TOGETHER_ROUNDS_MAX):
            if len(new) < 2:
                break
            try:
                transact([Put(self, subject_to_item(each), _NEVER_MADE) for each in new])
            except Conflict as lost:
                stored += [subject_from_item(item) for item in lost.stored if item]
                new = [each for each, item in zip(new, lost.stored, strict=True) if not item]
            except (
                Unavailable
            ):  # others are making some of the same keys: one by one there is a winner
                break
            else:
                return stored + new
        return stored + [self._add_one(each) for each in new]

    def _add_one(self, new: SubjectRecord) -> SubjectRecord:
        try:
            self.put(subject_to_item(new), condition=_NEVER_MADE)
        except Conflict as lost:
            return subject_from_item(lost.stored)
        return new

    def _scan(self, wanted: ConditionBase) -> Iterator[Item]:
        parameters = Expressions().condition(wanted, "FilterExpression").built()
        start: Item = {}
        while True:
            answer = call(
                "Scan",
                TableName=self.table.physical_name,
                ConsistentRead=True,
                **parameters,
                **start,
            )
            yield from map(decode_item, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def subject_to_item(record: SubjectRecord) -> Item:
    item: Item = {
        "pk": _subject_pk(record.subject),
        "b": record.branch,
        "bv": record.branch_version,
        "r": record.revision,
    }
    if record.wrapped:
        item["w"] = list(record.wrapped)
    if record.holds:
        item["h"] = record.holds
    if record.destroyed_at:
        item["d"] = record.destroyed_at.isoformat()
    return item


def subject_from_item(item: Item) -> SubjectRecord:
    destroyed = item.get("d")
    return SubjectRecord(
        subject=item["pk"][2:],
        branch=item["b"],
        branch_version=item["bv"],
        wrapped=tuple(item.get("w", ())),
        revision=item["r"],
        holds=item.get("h", frozenset()),
        destroyed_at=datetime.fromisoformat(destroyed) if destroyed else None,
    )


def branch_to_item(record: BranchRecord) -> Item:
    wrapped = [
        {"c": each.ciphertext, "k": each.kms_key, "v": each.check_value} for each in record.wrapped
    ]
    return {"pk": _branch_pk(record.branch), "w": wrapped, "r": record.revision}


def branch_from_item(item: Item) -> BranchRecord:
    wrapped = tuple(
        KmsWrapped(ciphertext=each["c"], kms_key=each["k"], check_value=each["v"])
        for each in item["w"]
    )
    return BranchRecord(branch=item["pk"][2:], wrapped=wrapped, revision=item["r"])


_NEVER_MADE = Attr("pk").not_exists()


def unchanged(record: SubjectRecord | BranchRecord) -> ConditionBase:
    """The condition that nobody has written the record since it was read."""
    return Attr("r").eq(record.revision)


def _subject_pk(subject: str) -> str:
    return f"S#{subject}"


def _branch_pk(branch: str) -> str:
    return f"B#{branch}"


def _of(items: list[Item], prefix: str) -> list[Item]:
    return [item for item in items if item["pk"].startswith(prefix)]
