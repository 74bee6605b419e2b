"""The vault against the engine: fresh subjects, fresh vaults, and a count of real calls."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from aws import sessions
from aws.dynamodb.client import data_client
from aws.vault import Place, Vault
from aws.vault.records import KeyRecords, SubjectRecord
from kernel.ids import random_id

PLACE = Place(table="transactions", key="acc_1#2018-04|txn_1", attribute="z")


def a_subject(kind: str = "account") -> str:
    """One that no other test has."""
    return f"{kind}:{random_id('acc')}"


@pytest.fixture
def fresh() -> Vault:
    """A vault as a process has it that has just started."""
    return Vault()


class Scratched(KeyRecords):
    """Knows what a test has put into the table, damaged on purpose or not."""

    def __init__(self) -> None:
        self.touched: set[str] = set()

    def add_subjects(self, new: Sequence[SubjectRecord]) -> list[SubjectRecord]:
        self.touched |= {each.subject for each in new}
        return super().add_subjects(new)

    def replace_subject(self, record: SubjectRecord, *, instead_of: SubjectRecord) -> None:
        self.touched.add(record.subject)
        super().replace_subject(record, instead_of=instead_of)


@pytest.fixture
def records() -> Iterator[KeyRecords]:
    """A rotation meets every subject of the table: so none that a test has damaged stays there."""
    made = Scratched()
    yield made
    made.batch_write(deletes=[(f"S#{each}", None) for each in made.touched])


@contextmanager
def counted_calls() -> Iterator[list[str]]:
    """The operations that KMS and DynamoDB are asked for inside the block, by any thread."""
    seen: list[str] = []

    def note(model: Any, **_rest: object) -> None:
        seen.append(model.name)

    def listen(operation: str, *_rest: object) -> None:
        seen.append(operation)

    events, listeners = sessions.client("kms").meta.events, data_client().listeners
    events.register("before-call", note)
    listeners.append(listen)
    try:
        yield seen
    finally:
        events.unregister("before-call", note)
        listeners.remove(listen)
