"""The sensors' pages, as readers and staff see them."""

from collections.abc import Iterator
from datetime import timedelta
from secrets import token_hex

import orjson
import pytest
from django.test import Client

from identity.staff import Role
from identity.tests.people import new_staff
from kernel.clock import utc_now
from sensors.conf import Conf
from sensors.domain.batches import batches, group_of
from sensors.domain.readings import ns
from sensors.services.archiving import archive_group
from sensors.services.sending import send
from sensors.tests.generated import temperature
from sensors.tests.world import Clock, World

_CONF = Conf()


@pytest.fixture
def world() -> Iterator[World]:
    made = World(_CONF, clock=Clock(utc_now()))
    with made.here():
        yield made


@pytest.fixture
def viewer(db: None) -> Client:
    client = Client()
    client.force_login(new_staff(Role.VIEWER))
    return client


@pytest.fixture
def sensor(world: World) -> str:
    """It has said something in the last hour."""
    name = f"boiler {token_hex(4)}/ü"
    made = temperature(1800)
    made["at"] += ns(world.clock.now - timedelta(minutes=1)) - int(made["at"][-1])
    send(batches([name] * len(made), made["at"], made["value"]))
    world.drain()
    return name


class TestTheList:
    def test_names_sensors_with_their_last_values(self, viewer: Client, sensor: str) -> None:
        page = viewer.get("/sensors/")
        assert page.status_code == 200
        assert sensor in page.content.decode()

    def test_is_not_for_anybody(self) -> None:
        assert Client().get("/sensors/").status_code == 302

    def test_has_a_picture_of_the_last_day(self, viewer: Client, sensor: str) -> None:
        image = viewer.get("/sensors/spark/", {"sensor": sensor})
        assert image.headers["Content-Type"] == "image/svg+xml"
        assert b' d="M' in image.content


class TestAChart:
    def test_says_the_same_as_a_table(self, viewer: Client, sensor: str) -> None:
        page = viewer.get("/sensors/chart/", {"sensor": [sensor, "nobody"]}).content.decode()
        assert "2 sensors" in page
        assert page.count("Nothing came in this range.") == 1

    def test_gets_all_readings_where_they_are_few(self, viewer: Client, sensor: str) -> None:
        now_ms = int(utc_now().timestamp() * 1000)
        asked: dict[str, str | int] = {"sensor": sensor, "points": 1000}
        asked |= {"from": now_ms - 200_000, "to": now_ms}
        (series,) = orjson.loads(viewer.get("/sensors/data/", asked).content)["series"]
        assert 100 < series["count"] == len(series["times"]) == len(series["values"])
        assert not series["archived"]

    @pytest.mark.parametrize("first", ["", "x", "-1", "99999999999999"])
    def test_refuses_what_is_no_range(self, viewer: Client, first: str) -> None:
        asked = {"sensor": "a", "from": first, "to": "99999999999998"}
        assert viewer.get("/sensors/data/", asked).status_code == 404


class TestStaff:
    @pytest.mark.parametrize("page", ["archive", "cost"])
    def test_only_see_these_pages(self, page: str) -> None:
        assert Client().get(f"/admin/sensors/{page}/").status_code == 302

    def test_see_how_far_the_archive_is(self, viewer: Client, world: World) -> None:
        assert "nothing yet" in viewer.get("/admin/sensors/archive/").content.decode()
        for group in range(8):
            archive_group(group, _CONF, now=world.clock.now)
        page = viewer.get("/admin/sensors/archive/").content.decode()
        assert page.count("Complete") == 8
        assert "Late" not in page

    def test_see_that_it_is_late(self, viewer: Client, world: World, sensor: str) -> None:
        archive_group(group_of(sensor), _CONF, now=world.clock.now - timedelta(days=5))
        page = viewer.get("/admin/sensors/archive/").content.decode()
        assert "<strong>Late</strong> since" in page
        assert 'role="alert"' in page

    def test_reckon_what_storing_costs(self, viewer: Client, world: World) -> None:
        page = viewer.get("/admin/sensors/cost/").content.decode()
        assert "100,000" in page
        assert "47,450" in page
        asked = {"rate": 10, "every_s": 60, "reading_bytes": 50, "batch": 1, "bin_units": 4}
        assert "Bins of 4 KB" in viewer.get("/admin/sensors/cost/", asked).content.decode()
        refused = viewer.get("/admin/sensors/cost/", asked | {"rate": "x"})
        assert "Enter a number" in refused.content.decode()
