"""Fitting writes into as few transactions as they need."""

from collections.abc import Iterable, Iterator

from aws.dynamodb.transactions import Action
from txhub.repository import TRANSACTION_REPOSITORY
from txhub.services.ledgers import Ledger


def packed(units: Iterable[list[Action]], actions_max: int) -> Iterator[list[Action]]:
    """Actions for one transaction each. What is one unit is never parted."""
    held: list[Action] = []
    for unit in units:
        if held and len(held) + len(unit) > actions_max:
            yield held
            held = []
        held = held + unit
    yield held


def units_of_matches(ledger: Ledger) -> Iterator[list[Action]]:
    """For each pending transaction that is settled, in full or in part: itself and its postings.
    All or none, and only where all are as they were read."""
    for together in ledger.matches:
        unit: list[Action] = []
        for after in together:
            before = ledger.held.get(after.transaction.transaction_id)
            if before is None:
                unit.append(TRANSACTION_REPOSITORY.adding(after))
            else:
                unit += TRANSACTION_REPOSITORY.replacing(before, after)
        yield unit
