"""The operators' pages in a browser: one range for all charts, and nothing lost when narrow."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_quality import _SPILLING, serious_faults_of_looks

if TYPE_CHECKING:
    from playwright.sync_api import StorageState
    from pytest_django.live_server_helper import LiveServer

    from monitoring.tests.world import World

BOARD = "/ops/api/?range=15m"
ADDRESSES = {
    "overview": "/ops/",
    "dashboard": BOARD,
    "alarm": "/ops/alarms/{alarm}/",
    "consumers": "/ops/consumers/",
    "cost": "/ops/cost/",
    "logs": "/ops/logs/",
}
ROUNDS, ROUND_S = 20, 30


@pytest.fixture(scope="module")
def world() -> Iterator["World"]:
    """Ten minutes up to now, with requests in each round; ten in a hundred fail."""
    from kernel.clock import utc_now
    from monitoring.tests.world import World

    made = World()
    made.now = utc_now().replace(microsecond=0) - timedelta(seconds=ROUND_S * ROUNDS)
    for number in range(ROUNDS):
        for status, count in (("200", 9), ("500", 1)):
            made.requests("web@a/1", _buckets(number * count), status=status)
        made.looks(every_s=ROUND_S)
    yield made
    made.close()


@pytest.fixture
def operator(live_server: "LiveServer", transactional_db: None) -> "StorageState":
    """The session of a member of staff who signed in."""
    from django.conf import settings
    from django.test import Client

    from identity.staff import Role
    from identity.tests.people import new_staff

    client = Client()
    client.force_login(new_staff(Role.OPERATOR))
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}
    return {"cookies": [cookie], "origins": []}


@pytest.fixture
def new_operators_page(new_page: NewPage, operator: "StorageState", world: "World") -> NewPage:
    def make(**options: Any) -> Page:
        return new_page(storage_state=operator, **options)

    return make


class TestCharts:
    def test_are_zoomed_together_and_the_address_says_so(self, new_operators_page: NewPage) -> None:
        page = new_operators_page()
        page.goto(BOARD)
        expect(page.locator("#panel-latency canvas")).to_be_visible()
        drag(page, "rate")
        back = page.get_by_role("button", name="Back to the whole range")
        expect(back).to_be_visible()
        (first,) = re.findall(r"from=(\d+)", page.url)
        with page.expect_request(lambda each: f"from={first}" in each.url):
            page.goto(page.url)  # a colleague who is sent it sees the same
        back.click()
        expect(back).to_be_hidden()
        assert "from=" not in page.url

    def test_say_what_the_last_values_are_without_javascript(
        self, new_operators_page: NewPage
    ) -> None:
        page = new_operators_page(java_script_enabled=False)
        page.goto(BOARD)
        rows = page.locator("#panel-rate .last tbody tr")
        expect(rows).to_have_count(2)
        expect(rows.first).to_contain_text("200")

    def test_are_in_the_bank_s_time_wherever_the_browser_is(
        self, new_operators_page: NewPage
    ) -> None:
        page = new_operators_page(timezone_id="Pacific/Auckland")
        page.add_init_script(_WRITTEN)
        page.goto(BOARD)
        expect(page.locator("#panel-rate canvas")).to_be_visible()
        written = set(page.evaluate("written"))
        times = {each for each in written if re.fullmatch(r"\d\d:\d\d", each)}
        assert times
        assert times <= minutes_in(str(page.locator("[data-ops]").get_attribute("data-zone")))


@pytest.mark.parametrize("name", ADDRESSES)
class TestPages:
    def test_are_accessible_and_fit(
        self, new_operators_page: NewPage, world: "World", name: str
    ) -> None:
        page = new_operators_page()
        page.goto(ADDRESSES[name].format(alarm=f"api-errors-{world.name}"))
        assert serious_faults_of_looks(page) == []
        assert page.locator("main").evaluate(_SPILLING) == []  # it is narrow now


def drag(page: Page, panel: str) -> None:
    """Over the right half of a panel's chart."""
    box = page.locator(f"#panel-{panel} .u-over").bounding_box()
    assert box is not None
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.6, height)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.95, height, steps=4)
    page.mouse.up()


def minutes_in(zone: str) -> set[str]:
    """Of the last twenty and the next two (a bucket ends after now), as clocks there show them."""
    now = datetime.now(ZoneInfo(zone))
    return {f"{now - timedelta(minutes=each):%H:%M}" for each in range(-2, 20)}


def _buckets(count: int) -> tuple[int, ...]:
    from aws.metrics.names import REQUEST_SECONDS

    return (0, 0, 0, 0, count, *(0 for _bound in REQUEST_SECONDS.bounds[4:]))


# What is written on a canvas cannot be read back, so it is kept on its way.
_WRITTEN = """
window.written = [];
const fill = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
  written.push(text);
  fill.call(this, text, ...where);
};"""
