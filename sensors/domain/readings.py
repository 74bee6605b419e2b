"""Readings: a sensor's values, each with its time, as columns.

A reading is a time (ns since 1970, UTC) and a 64-bit float. What a sensor has said is a *set* of
them: the same time with the same bits is the same reading, however often it comes; the same time
with other bits is another one, and both are kept. Sets unite in any order, any number of times,
and come out the same: on that everything else here rests.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

READING = np.dtype([("at", "<i8"), ("value", "<f8")])
NS_PER_S = 1_000_000_000

Readings: TypeAlias = npt.NDArray[np.void]  # of dtype READING
Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]

NONE: Readings = np.empty(0, READING)
NONE.flags.writeable = False


def readings(at: Any, values: Any) -> Readings:
    """Times (ns) and values as readings, in the order given, doubles and all."""
    made = np.empty(len(at), READING)
    made["at"], made["value"] = at, values
    return made


def as_set(given: Readings) -> Readings:
    """The same readings in their one order (time, then bits), each once."""
    at, bits = given["at"], _bits(given)
    if len(given) < 2 or bool((at[1:] > at[:-1]).all()):
        return given
    order = np.lexsort((bits, at))
    at, bits = at[order], bits[order]
    is_new = np.concatenate(([True], (at[1:] != at[:-1]) | (bits[1:] != bits[:-1])))
    return given[order[is_new]]


def union(parts: Iterable[Readings]) -> Readings:
    """All readings of all parts, each once, in order."""
    present = [part for part in parts if len(part)]
    if len(present) == 1:
        return as_set(present[0])
    return as_set(np.concatenate(present)) if present else NONE


def between(ordered: Readings, first_ns: int, end_ns: int) -> Readings:
    """Those from `first_ns` on and before `end_ns`."""
    low, high = np.searchsorted(ordered["at"], (first_ns, end_ns))
    return ordered[low:high]


def ns(moment: datetime) -> int:
    """A moment as ns since 1970; exact to the microsecond that a datetime has."""
    whole_s = int(moment.replace(microsecond=0).timestamp())
    return whole_s * NS_PER_S + moment.microsecond * 1000


def _bits(given: Readings) -> "npt.NDArray[np.uint64]":
    return np.ascontiguousarray(given["value"]).view(np.uint64)
