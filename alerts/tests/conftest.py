"""The stream's tables in memory, beside the engine that holds the vault's keys."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from alerts.tests.bank import Bank


@pytest.fixture
def bank() -> Iterator["Bank"]:
    from alerts.tests.bank import a_bank

    with a_bank() as opened:
        yield opened
