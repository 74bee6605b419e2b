"""Fitting writes into as few transactions as they need."""

from collections.abc import Iterable, Iterator

from aws.dynamodb.transactions import Action


def packed(units: Iterable[list[Action]], actions_max: int) -> Iterator[list[Action]]:
    """Actions for one transaction each. What is one unit is never parted."""
    held: list[Action] = []
    for unit in units:
        if held and len(held) + len(unit) > actions_max:
            yield held
            held = []
        held = held + unit
    yield held
