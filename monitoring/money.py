"""Reads what everything cost out of the history. All functions raise `Unavailable`."""

from collections import defaultdict
from dataclasses import dataclass

from aws.dynamodb.capacity import kind_of
from aws.metrics import use_case
from aws.metrics.names import AWS_CALL_SECONDS, CAPACITY_UNITS, SAMPLED_BYTES, SAMPLED_UNITS
from kernel.dashboards import Series
from monitoring import queries
from monitoring.conf import conf
from monitoring.declared import dashboards
from monitoring.domain.frames import Value
from monitoring.domain.lines import Frames, counted
from monitoring.domain.money import Bill, Prices, Spent, bill
from monitoring.queries import Range

_FAILED = ("ConditionalCheckFailedException", "TransactionCanceledException")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`bills` as the apps declare them; `spent` by use-case, the dearest first."""

    bills: list[Bill]
    spent: list[Spent]
    prices: Prices
    seconds: int

    @property
    def total(self) -> float:
        return sum(each.price(self.prices) for each in self.spent)

    @property
    def wasted(self) -> float:
        return sum(each.wasted(self.prices) for each in self.spent)


@use_case("monitoring.cost")
def account(wanted: Range, *, now: int) -> Account:
    """What was consumed in a range, and for what."""
    costs = [cost for board in dashboards() for cost in board.costs]
    needed = {cost.events.metric.name for cost in costs}
    own = (AWS_CALL_SECONDS, CAPACITY_UNITS, SAMPLED_BYTES, SAMPLED_UNITS)
    found = queries.frames(needed | {metric.name for metric in own}, wanted, now=now)
    prices = Prices(read=conf().read_price, write=conf().write_price)
    spent = _spent(found)
    return Account(
        bills=[bill(cost, counted(cost.events, found), spent, prices) for cost in costs],
        spent=sorted(spent.values(), key=lambda each: -each.price(prices)),
        prices=prices,
        seconds=wanted.end - wanted.first,
    )


def _spent(found: Frames) -> dict[str, Spent]:
    parts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for name, operation, units in _rows(Series(CAPACITY_UNITS), found):
        parts[name][f"{kind_of(operation)}_units"] += units
    failed = Series(AWS_CALL_SECONDS, {"service": "dynamodb", "outcome": _FAILED})
    for name, _service, count in _rows(failed, found):
        parts[name]["failed"] += count
    for metric, part in ((SAMPLED_BYTES, "sampled_bytes"), (SAMPLED_UNITS, "sampled_units")):
        for name, _none, amount in _rows(Series(metric), found):
            parts[name][part] += amount
    return {name: Spent(use_case=name, **each) for name, each in parts.items()}


def _rows(series: Series, found: Frames) -> list[tuple[str, str, float]]:
    """Use-case (the first label of all of these), the second label, and how much."""
    return [
        (labels[0], labels[1] if len(labels) > 1 else "", _amount(value))
        for frame in found.get(series.metric.name, ())
        for labels, value in frame.values.items()
        if series.takes(labels)
    ]


def _amount(value: Value) -> float:
    return value[0] if len(value) == 1 else sum(value[1:])
