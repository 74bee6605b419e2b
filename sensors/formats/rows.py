"""What every format becomes: rows of sensor, time and value; or the faults of its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from kernel.errors import Refused
from sensors.domain.readings import Floats, Ints

FAULTS_MAX = 20  # that are told
# No date before 1678 or after 2261 is a 64-bit number of ns; the API is much narrower than that.
_NS_MAX = 2**63 - 1


class Precision(IntEnum):
    """What the integer of a time counts; the member's value is in ns."""

    ns = 1
    us = 1_000
    ms = 1_000_000
    s = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """`line` counts from 1: lines, or the readings of an array."""

    line: int
    reason: str


class BadReadings(Refused):
    """Some readings are not right; none of them was taken."""

    code = "bad_readings"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        told = [{"line": each.line, "reason": each.reason} for each in faults[:FAULTS_MAX]]
        self.members: dict[str, Any] = {"errors": told}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One reading each; `at` in ns since 1970. `lines` says where each came from."""

    sensors: Sequence[str]
    at: Ints
    values: Floats
    lines: Sequence[int]


def times(numbers: Sequence[int], precision: Precision, lines: Sequence[int]) -> Ints:
    """Whole numbers of `precision` as ns. Raises `BadReadings`."""
    outside = _NS_MAX // precision
    try:
        at = np.fromiter(numbers, np.int64, len(numbers))
        far = np.flatnonzero(np.abs(at) > outside).tolist()
    except OverflowError:
        far = [index for index, each in enumerate(numbers) if abs(each) > outside]
    if far:
        reason = f"the time is no date; it is read as a number of {precision.name}"
        raise BadReadings([Fault(lines[index], reason) for index in far])
    return at * int(precision)
