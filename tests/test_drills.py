"""Fault drills: something is broken for real, what measures it measures it, and the alarm that is
shipped says so; then it is mended, and the alarm is green again.

The evaluator's clock is the drill's, so nobody waits for it. docs/howto-alarms.md has the seconds.
"""

import gzip
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.tests.bank import Beside
from aws.tests.memory import MemoryEngine, in_memory
from cart import measuring
from cart.metrics import CHECKOUTS
from cart.provider.sandbox import Method
from cart.resources import CARTS, ORDERS, PAYMENTS, PRODUCTS, SANDBOX, STOCK, VIEWS
from cart.tests.shop import new_product
from cart.tests.test_operations import begun, carried_on
from monitoring.domain.alarms import Status
from monitoring.tests.world import World
from txhub.metrics import FILES
from txhub.tests.batch.files import card_file, card_rows
from txhub.tests.batch.here import ingest

pytestmark = pytest.mark.django_db(transaction=True)
EVERY_S = 20
ROUNDS_MAX = 40
Act = Callable[[], None]


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def seconds_until(status: Status, alarm: str, world: World, act: Act) -> int:
    """How long it takes while `act` is what happens in each round."""
    for rounds in range(1, ROUNDS_MAX):
        act()
        world.looks(every_s=EVERY_S)
        if world.alarm(alarm).status is status:
            return rounds * EVERY_S
    raise AssertionError(f"{alarm} is {world.alarm(alarm).status}, not {status}")


def drilled(alarm: str, world: World, *, breaks: Act, mended: Act) -> tuple[int, int]:
    """After how many seconds it fires, alone, and is green again."""
    seconds_until(Status.OK, alarm, world, mended)
    fires = seconds_until(Status.FIRING, alarm, world, breaks)
    assert [each.name for each in world.firing()] == [f"{alarm}-{world.name}"]
    return fires, seconds_until(Status.OK, alarm, world, mended)


class TestADrill:
    def test_of_a_file_that_fails(self, world: World, tmp_path: Path) -> None:
        whole = card_file(tmp_path, card_rows(20))
        cut = tmp_path / "cut.csv.gz"

        def fails() -> None:
            content = gzip.compress(secrets.token_hex(400).encode() + whole.read_bytes())
            cut.write_bytes(content[:-20])
            assert ingest(cut)["status"] == "FAILED"
            world.measured(FILES)

        seconds = drilled("file-failed", world, breaks=fails, mended=lambda: world.measured(FILES))
        assert seconds == (20, 440)

    def test_of_a_check_out_that_is_stuck(self, world: World) -> None:
        shop = (CARTS, ORDERS, PAYMENTS, PRODUCTS, SANDBOX, STOCK, VIEWS)
        with in_memory(Beside(MemoryEngine(shop))):

            def looks() -> None:
                measuring.checkouts()
                world.measured(CHECKOUTS)

            seconds_until(Status.OK, "saga-stuck", world, looks)
            stuck = begun(new_product(9), Method.APPROVE, ago=timedelta(minutes=10))
            assert seconds_until(Status.FIRING, "saga-stuck", world, looks) == 60
            assert [each.name for each in world.firing()] == [f"saga-stuck-{world.name}"]
            carried_on(stuck)
            assert seconds_until(Status.OK, "saga-stuck", world, looks) == 200
