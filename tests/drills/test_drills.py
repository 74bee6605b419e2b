"""From a fault that is made to its alarm, and from its mending back to green.

What is measured is what the application has counted by itself. Only the clock of history and alarms
is the drill's: ten seconds a round, as long as the real ones are, and nobody waits for them.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

from aws.provisioning.tables import ensure, existing_names
from monitoring.domain.alarms import Status
from monitoring.tests.world import World
from tests.drills.declared import DRILLS
from tests.drills.faults import FAULTS, Fault

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PAGE = Path(settings.BASE_DIR, "docs/howto-alarms.md")
ROUND_S, ROUNDS_MAX = 10, 90


@pytest.fixture(scope="module", autouse=True)
def _table() -> None:
    ensure(DRILLS, existing_names())


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


@pytest.mark.parametrize("kind", FAULTS, ids=lambda each: each.alarm)
class TestAFault:
    def test_is_told_of_by_its_alarm_alone_and_is_over_when_it_is_mended(
        self, kind: type[Fault], world: World, tmp_path: Path
    ) -> None:
        with ExitStack() as open:
            fault = kind(tmp_path, open)
            for _round in range(2):
                one_round(world, fault)
            assert world.firing() == []
            fault.make()
            fired_after_s = seconds_until(world, fault, Status.FIRING, lasts=True)
            assert [each.name for each in world.firing()] == [f"{fault.alarm}-{world.name}"]
            fault.mend()
            green_after_s = seconds_until(world, fault, Status.OK, lasts=False)
        row = (
            f"| {fault.title} | `{fault.alarm}` | {fired_after_s} s "
            f"| {fault.mending} | {green_after_s} s |"
        )
        assert row in PAGE.read_text(encoding="utf-8"), f"the page should say {row}"


def one_round(world: World, fault: Fault) -> None:
    fault.measure()
    world.measured(fault.metric, **fault.where)
    world.looks(every_s=ROUND_S)


def seconds_until(world: World, fault: Fault, status: Status, *, lasts: bool) -> int:
    for rounds in range(1, ROUNDS_MAX):
        if lasts:
            fault.goes_on()
        one_round(world, fault)
        if world.alarm(fault.alarm).status is status:
            return rounds * ROUND_S
    raise AssertionError(f"{fault.alarm} is not {status} after {ROUNDS_MAX * ROUND_S} s")
