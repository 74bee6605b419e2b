"""Where the shop's tests run: most on the engine in memory, which leaves nothing on streams that
other tests' consumers would act on."""

from collections.abc import Iterator

import pytest

from aws.tests.memory import MemoryEngine, in_memory
from cart.resources import CARTS, ORDERS, PAYMENTS, PRODUCTS, SANDBOX, STOCK, VIEWS


@pytest.fixture
def memory() -> Iterator[MemoryEngine]:
    engine = MemoryEngine([CARTS, ORDERS, PAYMENTS, PRODUCTS, SANDBOX, STOCK, VIEWS])
    with in_memory(engine):
        yield engine
