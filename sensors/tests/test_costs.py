"""What storing costs: the talk's table, and ours beside it."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from secrets import token_hex

import pytest
from django.core.management import call_command

from sensors import costing
from sensors.conf import Conf
from sensors.costing import Load
from sensors.domain.batches import batches
from sensors.domain.costs import Monthly
from sensors.domain.readings import NS_PER_S, ns
from sensors.services.sending import send
from sensors.tests.generated import temperature
from sensors.tests.world import World

_CONF = Conf()


@pytest.fixture
def world() -> Iterator[World]:
    made = World(_CONF)
    with made.here():
        yield made


def _table(world: World, load: Load = Load()) -> dict[str, Monthly]:  # noqa: B008 - frozen
    rows = costing.table(load, _CONF, costing.load_prices(), now=world.clock.now)
    return {row.storing.name: row for row in rows}


class TestTheTalksTable:
    def test_has_a_write_unit_for_each_reading(self, world: World) -> None:
        row = _table(world)["One reading an item"]
        assert row.write_units == 100_000
        assert 45_000 < row.provisioned < 50_000  # the talk: 50K
        assert row.shards == 100
        assert 4500 < row.stream < 5000  # the talk: 5K

    def test_has_a_tenth_of_it_for_ten_an_item(self, world: World) -> None:
        table = _table(world)
        assert table["10 an item"].write_units == 10_000
        assert table["10 an item"].provisioned * 10 == table["One reading an item"].provisioned


class TestOurs:
    def test_is_a_hundredth_and_less(self, world: World) -> None:
        ours = _table(world)["Bins of 1 KB, by policy"]
        assert ours.storing.units_per_1000 < 3
        assert ours.total < 1000

    def test_is_dearer_for_sensors_that_say_little(self, world: World) -> None:
        hourly = _table(world, Load(every_s=3600))["Bins of 1 KB, by policy"]
        assert hourly.storing.units_per_1000 > 40

    def test_is_reckoned_from_what_is_stored(self, world: World) -> None:
        assert "Bins as stored here" not in _table(world)
        made = temperature(20_000)
        made["at"] += ns(world.clock.now - timedelta(minutes=1)) - int(made["at"][-1])
        send(batches([token_hex(6)] * len(made), made["at"] // NS_PER_S * NS_PER_S, made["value"]))
        world.drain()
        stored = _table(world)["Bins as stored here"].storing
        assert world.units == pytest.approx(stored.units_per_1000 * 20, abs=3)

    def test_is_printed(self, world: World) -> None:
        printed = StringIO()
        call_command("cost", "--rate", "5000", "--bin-units", "2", stdout=printed)
        assert "Bins of 2 KB, by policy" in printed.getvalue()
        assert "5,000 readings a second" in printed.getvalue()
