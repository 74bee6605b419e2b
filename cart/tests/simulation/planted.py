"""Bugs planted on purpose: the exploration must find each of them, or it is worth nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aws.tests.memory import MemoryEngine
from cart.domain.saga import Saga
from cart.services.checkout import CHECKOUT
from cart.tests.simulation.history import History
from cart.tests.simulation.world import TABLES


class WithoutACondition(MemoryEngine):
    """An engine that forgets the condition under which a reservation is first written."""

    def send(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems":
            actions = [_unconditioned(each) for each in parameters["TransactItems"]]
            parameters = {**parameters, "TransactItems": actions}
        return super().send(operation, parameters)


def _unconditioned(action: Mapping[str, Any]) -> Mapping[str, Any]:
    put = action.get("Put")
    if put is None or put["Item"].get("s") != {"S": "reserved"}:
        return action
    return {"Put": {name: value for name, value in put.items() if name != "ConditionExpression"}}


def _with_swapped(first: str, second: str) -> Saga:
    steps = list(CHECKOUT.steps)
    names = [step.does.name for step in steps]
    one, other = names.index(first), names.index(second)
    steps[one], steps[other] = steps[other], steps[one]
    return replace(CHECKOUT, steps=tuple(steps))


def _without_taking_back(name: str) -> Saga:
    steps = (replace(s, back=None) if s.does.name == name else s for s in CHECKOUT.steps)
    return replace(CHECKOUT, steps=tuple(steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """`saga` and `engine` make a history with the bug in it."""

    name: str
    saga: Saga = CHECKOUT
    engine: Callable[[], MemoryEngine] = field(default=lambda: MemoryEngine(TABLES))

    def finds(self, seeds: Iterable[int]) -> int | None:
        """The first of these histories that shows the bug."""
        for seed in seeds:
            if History(seed, saga=self.saga, engine=self.engine()).run():
                return seed
        return None


PLANTED = (
    Planted(name="a condition dropped", engine=lambda: WithoutACondition(TABLES)),
    Planted(name="two steps swapped", saga=_with_swapped("payments.capture", "orders.confirm")),
    Planted(name="a compensation forgotten", saga=_without_taking_back("stock.reserve")),
)
