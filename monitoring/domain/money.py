"""Capacity as money: what a feature costs, and how much of it is waste."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kernel.dashboards import Cost, matches

_MILLION = 1_000_000
_UNIT_BYTES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Of a million units."""

    read: float
    write: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a use-case consumed. `failed`: conditions that failed; each cost a unit at least, and
    wrote nothing. `sampled_bytes` fill `sampled_units` of 1 KB."""

    use_case: str
    read_units: float = 0.0
    write_units: float = 0.0
    failed: float = 0.0
    sampled_bytes: float = 0.0
    sampled_units: float = 0.0

    @property
    def fill(self) -> float | None:
        """The share of its write units that holds something; None where nothing was sampled."""
        if not self.sampled_units:
            return None
        return self.sampled_bytes / (self.sampled_units * _UNIT_BYTES)

    def price(self, prices: Prices) -> float:
        """Failed conditions included: DynamoDB charges for them, and does not say so."""
        writes = self.write_units + self.failed
        return (self.read_units * prices.read + writes * prices.write) / _MILLION

    def wasted(self, prices: Prices) -> float:
        """What failed conditions and the empty part of write units cost."""
        empty = self.write_units * (1 - self.fill) if self.fill is not None else 0.0
        return (self.failed + empty) * prices.write / _MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What `per` of something cost. `each` is None where there was none of it."""

    cost: Cost
    events: float
    total: float
    wasted: float
    spent: Sequence[Spent] = field(repr=False)

    @property
    def each(self) -> float | None:
        return self.total / self.events * self.cost.per if self.events else None

    @property
    def wasted_share(self) -> float | None:
        return self.wasted / self.total if self.total else None


def bill(cost: Cost, events: float, spent: Mapping[str, Spent], prices: Prices) -> Bill:
    """The use-cases that the cost names, against what it counts."""
    ours = [
        each
        for name, each in spent.items()
        if any(matches(name, pattern) for pattern in cost.use_cases)
    ]
    return Bill(
        cost=cost,
        events=events,
        total=sum(each.price(prices) for each in ours),
        wasted=sum(each.wasted(prices) for each in ours),
        spent=ours,
    )
