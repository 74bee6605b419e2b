"""How large an item is to DynamoDB, and so what writing it costs, by AWS's documented rules."""

import math
from base64 import b64decode

from aws.dynamodb.attributes import WireItem, WireValue

_WRITE_UNIT_BYTES = 1024
_NESTED_BYTES, _MEMBER_BYTES = 3, 1  # of a list or map, and of each thing in it


def item_bytes(item: WireItem) -> int:
    """Names and values of a wire item; numbers are approximate, as in AWS's own rules."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def write_units(item: WireItem) -> int:
    """What writing or deleting the item costs; in a transaction twice as much."""
    return max(1, math.ceil(item_bytes(item) / _WRITE_UNIT_BYTES))


def _value_bytes(value: WireValue) -> int:
    ((kind, raw),) = value.items()
    match kind:
        case "S":
            return len(raw.encode())
        case "B":
            return len(b64decode(raw))
        case "N":
            digits = raw.lstrip("-").replace(".", "").strip("0")
            return math.ceil(len(digits) / 2) + (2 if raw.startswith("-") else 1)
        case "L":
            return _NESTED_BYTES + sum(_MEMBER_BYTES + _value_bytes(each) for each in raw)
        case "M":
            return _NESTED_BYTES + item_bytes(raw) + _MEMBER_BYTES * len(raw)
        case "SS" | "BS" | "NS":
            return sum(_value_bytes({kind[0]: each}) for each in raw)
    return 1  # BOOL, NULL
