"""Update expressions, as `aws.dynamodb.expressions` writes them."""

import re
from base64 import b64decode
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from aws.dynamodb.attributes import WireItem, WireValue
from aws.tests.memory.conditions import Placeholders

# Changes the item that it is given (a copy of the stored one).
Change = Callable[[WireItem, Placeholders], None]

_CLAUSE = re.compile(r"\b(SET|ADD|DELETE|REMOVE) ")
_ASSIGN = re.compile(r"(#\w+) = (:\w+)")
_ASSIGN_IF_ABSENT = re.compile(r"(#\w+) = if_not_exists\((#\w+), (:\w+)\)")
_SETS: dict[str, Callable[[str], Any]] = {"SS": str.encode, "BS": b64decode, "NS": int}


@lru_cache(maxsize=1000)
def compiled(text: str) -> list[Change]:
    """What an expression does, part by part; no part sees what another did."""
    _nothing, *parts = _CLAUSE.split(text)
    changes = []
    for word, body in zip(parts[::2], parts[1::2], strict=True):
        # The comma within `if_not_exists(#a, :b)` parts nothing.
        for each in re.split(r", (?=#)(?![^(]*\))", body.strip()):
            changes.append(_CHANGES[word](each))
    return changes


def _set(text: str) -> Change:
    if match := _ASSIGN.fullmatch(text):
        return _assignment(*match.groups())
    match = _ASSIGN_IF_ABSENT.fullmatch(text)
    assert match is not None, f"not understood: {text}"
    name, same, value = match.groups()
    assert name == same

    def change(item: WireItem, given: Placeholders) -> None:
        item.setdefault(given[name], given[value])

    return change


def _assignment(name: str, value: str) -> Change:
    def change(item: WireItem, given: Placeholders) -> None:
        item[given[name]] = given[value]

    return change


def _add(text: str) -> Change:
    name, value = text.split(" ")

    def change(item: WireItem, given: Placeholders) -> None:
        item[given[name]] = _sum(item.get(given[name]), given[value])

    return change


def _sum(stored: WireValue | None, added: WireValue) -> WireValue:
    if stored is None:
        return added
    if "N" in added:
        return {"N": str(int(stored["N"]) + int(added["N"]))}
    ((kind, members),) = added.items()
    return {kind: sorted({*stored[kind], *members}, key=_SETS[kind])}


def _delete(text: str) -> Change:
    name, value = text.split(" ")

    def change(item: WireItem, given: Placeholders) -> None:
        stored = item.get(given[name])
        if stored is None:
            return
        ((kind, members),) = given[value].items()
        left = [each for each in stored[kind] if each not in members]
        if left:
            item[given[name]] = {kind: left}
        else:
            del item[given[name]]  # an empty set does not exist

    return change


def _remove(text: str) -> Change:
    def change(item: WireItem, given: Placeholders) -> None:
        item.pop(given[text], None)

    return change


_CHANGES = {"SET": _set, "ADD": _add, "DELETE": _delete, "REMOVE": _remove}
