"""The vault against the engine: fresh subjects, fresh vaults, and a count of real calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from aws import sessions
from aws.dynamodb.client import data_client
from aws.vault import Place, Vault
from aws.vault.records import KeyRecords
from kernel.ids import random_id

PLACE = Place(table="transactions", key="acc_1#2018-04|txn_1", attribute="z")


def a_subject(kind: str = "account") -> str:
    """One that no other test has."""
    return f"{kind}:{random_id('acc')}"


@pytest.fixture
def fresh() -> Vault:
    """A vault as a process has it that has just started."""
    return Vault()


@pytest.fixture
def records() -> KeyRecords:
    return KeyRecords()


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
