"""Python values to and from DynamoDB's wire form.

====================  =======  ======================================================
Python                wire     remark
====================  =======  ======================================================
str                   S
int                   N        whole numbers only: money is minor units, times are strings
bytes                 B        base64 on the wire
bool, None            BOOL, NULL
list, dict            L, M
frozenset of str      SS       an empty set does not exist in DynamoDB and is refused
frozenset of bytes    BS
====================  =======  ======================================================

`Decimal` is understood for the conditions that boto3's `Attr` builds. Floats are refused.
"""

from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

Value = str | int | bytes | bool | None | list[Any] | dict[str, Any] | frozenset[Any]
Item = dict[str, Any]
WireValue = dict[str, Any]
WireItem = dict[str, WireValue]


def encode_item(item: Mapping[str, Any]) -> WireItem:
    """A whole item in wire form. Raises `TypeError` for a value that has no lossless form."""
    return {name: encode(value) for name, value in item.items()}


def encode(value: Any) -> WireValue:
    """One value in wire form."""
    try:
        return _ENCODERS[type(value)](value)
    except KeyError:
        raise TypeError(f"DynamoDB keeps no {type(value).__name__} without loss") from None


def decode_item(wire: WireItem) -> Item:
    """A wire item as Python values."""
    return {name: decode(value) for name, value in wire.items()}


def decode(wire: WireValue) -> Any:
    """One wire value as a Python value."""
    ((kind, raw),) = wire.items()
    if kind == "S":
        return raw
    return _DECODERS[kind](raw)


def _encode_set(values: Any) -> WireValue:
    if not values:
        raise TypeError("DynamoDB keeps no empty set; leave the attribute out")
    if all(isinstance(value, str) for value in values):
        return {"SS": sorted(values)}
    if all(isinstance(value, bytes) for value in values):
        return {"BS": [_base64(value) for value in sorted(values)]}
    raise TypeError("a set holds strings or bytes, all of one kind")


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")


_ENCODERS: dict[type, Callable[[Any], WireValue]] = {
    str: lambda value: {"S": value},
    int: lambda value: {"N": str(value)},
    Decimal: lambda value: {"N": str(value)},
    bytes: lambda value: {"B": _base64(value)},
    bool: lambda value: {"BOOL": value},
    type(None): lambda _value: {"NULL": True},
    list: lambda values: {"L": [encode(value) for value in values]},
    tuple: lambda values: {"L": [encode(value) for value in values]},
    dict: lambda values: {"M": encode_item(values)},
    frozenset: _encode_set,
    set: _encode_set,
}
_DECODERS: dict[str, Callable[[Any], Any]] = {
    "N": int,
    "B": a2b_base64,  # half the time of `b64decode`, which calls it
    "BOOL": bool,
    "NULL": lambda _raw: None,
    "L": lambda values: [decode(value) for value in values],
    "M": decode_item,
    "SS": frozenset,
    "BS": lambda values: frozenset(map(a2b_base64, values)),
    "NS": lambda values: frozenset(map(int, values)),
}
