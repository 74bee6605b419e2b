"""Comparing values in wire form, such as `{"N": "12"}`."""

from base64 import b64decode
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from aws.dynamodb.attributes import WireValue

_COMPARABLE: dict[str, Callable[[str], Any]] = {"S": str.encode, "N": Decimal, "B": b64decode}


def equal(one: WireValue | None, other: WireValue | None) -> bool:
    """A missing attribute equals nothing."""
    if one is None or other is None:
        return False
    if "N" in one and "N" in other:
        return Decimal(one["N"]) == Decimal(other["N"])
    return one == other  # sets and maps are written in one order by our encoder


def ordered(one: WireValue | None, other: WireValue | None) -> tuple[Any, Any] | None:
    """Both as values that compare as DynamoDB compares; None where they do not."""
    if one is None or other is None:
        return None
    ((kind, left),), ((other_kind, right),) = one.items(), other.items()
    if kind != other_kind or kind not in _COMPARABLE:
        return None
    as_value = _COMPARABLE[kind]
    return as_value(left), as_value(right)


def sort_value(value: WireValue) -> Any:
    """What a sort key is sorted by."""
    ((kind, raw),) = value.items()
    return _COMPARABLE[kind](raw)


def begins_with(value: WireValue | None, prefix: WireValue) -> bool:
    pair = ordered(value, prefix)
    return pair is not None and pair[0].startswith(pair[1])


def contains(value: WireValue | None, member: WireValue) -> bool:
    if value is None:
        return False
    ((kind, raw),) = value.items()
    ((member_kind, member_raw),) = member.items()
    if kind == "S":
        return member_kind == "S" and member_raw in raw
    if kind in {"SS", "BS", "NS"}:
        return kind == f"{member_kind}S" and member_raw in raw
    return kind == "L" and member in raw
