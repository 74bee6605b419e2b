"""An order is there from the moment that its check-out begins."""

from collections.abc import Callable
from typing import Any

import pytest

from aws.tests.memory import MemoryEngine, in_memory
from cart import queries
from cart.domain.orders import OrderStatus
from cart.provider.sandbox import Method
from cart.queries import OrderMissing
from cart.tests.shop import new_customer, new_product
from cart.tests.test_operations import begun, carried_on


class Overtaken:
    """An engine on which somebody else acts right after the first call."""

    def __init__(self, engine: MemoryEngine, act: Callable[[], object]) -> None:
        self._engine, self._acts = engine, [act]

    def send(self, operation: str, parameters: Any) -> Any:
        answer = self._engine.send(operation, parameters)
        if self._acts:
            self._acts.pop()()
        return answer


class TestAnOrder:
    def test_is_pending_as_soon_as_its_check_out_has_begun(self, memory: MemoryEngine) -> None:
        purchase = begun(new_product(9), Method.APPROVE)
        order = queries.order_for(purchase.customer_id, purchase.checkout_id)
        assert order.status is OrderStatus.PENDING

    def test_is_found_though_all_of_it_is_done_while_somebody_looks(
        self, memory: MemoryEngine
    ) -> None:
        purchase = begun(new_product(9), Method.APPROVE)
        with in_memory(Overtaken(memory, lambda: carried_on(purchase))):
            order = queries.order_for(purchase.customer_id, purchase.checkout_id)
        assert order.status is OrderStatus.CONFIRMED

    def test_is_nobody_else_s(self, memory: MemoryEngine) -> None:
        purchase = carried_on(begun(new_product(9), Method.APPROVE))
        with pytest.raises(OrderMissing):
            queries.order_for(new_customer(), purchase.checkout_id)
