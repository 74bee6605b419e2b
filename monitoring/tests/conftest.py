"""Fixtures of monitoring's tests. pytest loads this before the settings stand, so what needs Django
is imported inside."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from identity.tests.people import StaffMaker
    from monitoring.tests.world import World


@pytest.fixture
def staff(db: None) -> "StaffMaker":
    """`staff(Role.OPERATOR, ...)` makes a member of staff."""
    from identity.tests.people import new_staff

    return new_staff


@pytest.fixture
def world(db: None) -> "Iterator[World]":
    """Processes that report, a collector, a clock; and a history of its own."""
    from monitoring.tests.world import World

    made = World()
    yield made
    made.close()
