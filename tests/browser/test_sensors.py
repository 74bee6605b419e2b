"""Sensors' pages in a browser: charts are drawn under our policy, and zoom to single readings."""

from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import NewPage


@pytest.fixture
def sensor() -> str:
    """It has spoken once a second for the last half hour."""
    from kernel.clock import utc_now
    from sensors.domain.bins import Bin
    from sensors.domain.partitions import MONTH, FiledBin
    from sensors.domain.readings import ns
    from sensors.repository import SENSOR_REPOSITORY
    from sensors.tests.generated import temperature

    name, made = f"browser-{token_hex(4)}", temperature(1800)
    made["at"] += ns(utc_now()) - int(made["at"][-1])
    SENSOR_REPOSITORY.list_sensors([name])
    SENSOR_REPOSITORY.note_tiers([(name, MONTH)])
    filed = [FiledBin(sensor=name, tier=MONTH, bin=Bin.of(made))]
    SENSOR_REPOSITORY.write(filed, kept=timedelta(days=37))
    return name


@pytest.mark.django_db(transaction=True)
class TestAChart:
    @pytest.mark.parametrize("width", [1280, 390])
    def test_is_drawn_and_zooms_to_single_readings(
        self, signed_in: "NewPage", sensor: str, width: int
    ) -> None:
        page = signed_in(width=width)
        page.goto(f"/sensors/chart/?sensor={sensor}&range=1h")
        page.get_by_text("1,800 readings, drawn by").wait_for()
        box = page.locator(".u-over").bounding_box()
        assert box is not None
        middle, height = box["x"] + box["width"] * 0.7, box["y"] + 50
        page.mouse.move(middle, height)
        page.mouse.down()
        page.mouse.move(middle + 20, height, steps=4)
        page.mouse.up()
        page.get_by_text("readings, all of them").wait_for()
        page.get_by_role("button", name="Back to the whole range").click()
        page.get_by_text("1,800 readings, drawn by").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_needs_no_javascript_to_say_the_same(self, signed_in: "NewPage", sensor: str) -> None:
        page = signed_in(java_script_enabled=False)
        page.goto(f"/sensors/chart/?sensor={sensor}&range=1h")
        page.get_by_role("columnheader", name="Highest").wait_for()
        assert page.locator("table.buckets tbody tr").count() > 3
