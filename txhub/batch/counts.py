"""Counts of rows and sums of money, and the equation that they must satisfy."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from txhub.domain.storing import Outcome

Totals = dict[str, dict[str, int]]
# Whose amounts are summed in the report's totals.
_SUMMED = frozenset({Outcome.WRITTEN, Outcome.DUPLICATE})


@dataclass(slots=True, kw_only=True)
class Counts:
    """What became of rows, by the names of `ingest`'s report. `totals` are non-negative sums."""

    read: int = 0
    written: int = 0
    updated: int = 0
    matched: int = 0
    skipped: int = 0
    quarantined: int = 0
    duplicates: int = 0
    totals: Totals = field(default_factory=dict)

    def take(self, outcome: Outcome, amount_minor: int, currency: str) -> None:
        """One more row."""
        self.read += 1
        setattr(self, outcome.value, getattr(self, outcome.value) + 1)
        if outcome in _SUMMED:
            add_amount(self.totals, amount_minor, currency)

    def add(self, other: "Counts") -> None:
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        merge_totals(self.totals, other.totals)

    @property
    def adds_up(self) -> bool:
        parts: int = sum(getattr(self, name) for name in _NUMBERS if name != "read")
        return self.read == parts

    def by_outcome(self) -> dict[str, int]:
        """How many rows came to each outcome, where any did."""
        counted = {name: getattr(self, name) for name in _NUMBERS if name != "read"}
        return {name: rows for name, rows in counted.items() if rows}

    def as_columns(self) -> dict[str, Any]:
        """By the names of the models' columns."""
        columns = {name: getattr(self, name) for name in _NUMBERS if name != "read"}
        return {**columns, "read_rows": self.read, "totals": self.totals}


_NUMBERS = tuple(each.name for each in fields(Counts) if each.name != "totals")


def counts_of(rows: Iterable[dict[str, Any]]) -> Counts:
    """The sum over rows of a model's columns (`COLUMNS`)."""
    total = Counts()
    for row in rows:
        total.add(Counts(read=row["read_rows"], **{name: row[name] for name in COLUMNS[1:]}))
    return total


COLUMNS = ("read_rows", *(name for name in _NUMBERS if name != "read"), "totals")


def add_amount(totals: Totals, amount_minor: int, currency: str) -> None:
    sums = totals.get(currency)
    if sums is None:
        sums = totals[currency] = {"debit_minor": 0, "credit_minor": 0}
    if amount_minor < 0:
        sums["debit_minor"] -= amount_minor
    else:
        sums["credit_minor"] += amount_minor


def merge_totals(totals: Totals, more: Totals) -> None:
    for currency, sums in more.items():
        mine = totals.setdefault(currency, {"debit_minor": 0, "credit_minor": 0})
        for side, minor in sums.items():
            mine[side] += minor
