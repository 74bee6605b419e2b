"""Every role against every page and every act; and what the pages say when there is nothing."""

from datetime import timedelta

import pytest
from django.test import Client

from aws.metrics.names import QUEUE_WAITING, STREAM_RECORDS
from identity.staff import Role
from identity.tests.people import StaffMaker
from kernel.clock import epoch_s, utc_now
from monitoring.declared import dashboards
from monitoring.howtos import advice
from monitoring.tests.world import World
from monitoring.watched import watched

PAGES = (
    "",
    "alarms/",
    "cost/",
    "look-up/",
    "dead-letters/",
    "dead-letters/stream-dead-letters/",
    "consumers/",
    "consumers/sensor_bins/",
    "logs/",
    *(f"{board.key}/" for board in dashboards()),
    *(f"data/{board.key}/?from=1000&to=2000" for board in dashboards()),
)
ACTS = (
    ("alarms/nobody/act/", {"act": "silence", "hours": "1"}),
    ("consumers/sensor_bins/act/", {"act": "pause"}),
    ("dead-letters/messages/nobody/act/", {"act": "discard"}),
)
OPERATORS_PAGES = ("dead-letters/messages/nobody/",)


@pytest.fixture
def signed_in(client: Client, staff: StaffMaker) -> Client:
    client.force_login(staff(Role.VIEWER))
    return client


@pytest.mark.usefixtures("world")
class TestRoles:
    @pytest.mark.parametrize("address", PAGES)
    def test_all_may_look_and_nobody_else(
        self, address: str, client: Client, staff: StaffMaker
    ) -> None:
        assert client.get(f"/ops/{address}").status_code == 302  # to the sign-in page
        client.force_login(staff())
        assert client.get(f"/ops/{address}").status_code == 302  # staff without any role
        client.force_login(staff(Role.VIEWER))
        answer = client.get(f"/ops/{address}")
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-store"

    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize(("address", "form"), ACTS)
    def test_operators_alone_may_act(
        self, role: Role, address: str, form: dict[str, str], client: Client, staff: StaffMaker
    ) -> None:
        client.force_login(staff(role))
        expected = 302 if role is Role.OPERATOR else 403
        assert client.post(f"/ops/{address}", form).status_code == expected

    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize("address", OPERATORS_PAGES)
    def test_operators_alone_may_look_inside(
        self, role: Role, address: str, client: Client, staff: StaffMaker
    ) -> None:
        client.force_login(staff(role))
        expected = 404 if role is Role.OPERATOR else 403  # there is no such letter
        assert client.get(f"/ops/{address}").status_code == expected


class TestAlarms:
    def test_have_a_page_each(self, world: World, signed_in: Client) -> None:
        text = signed_in.get(f"/ops/alarms/api-errors-{world.name}/").content.decode()
        assert "Requests fail" in text
        assert "howto-alarms.md" in text
        assert "which dependency does not answer" in text  # what to do stands there itself
        assert signed_in.get("/ops/alarms/nobody/").status_code == 404


class TestDashboards:
    def test_say_that_nothing_was_measured_yet(self, world: World, signed_in: Client) -> None:
        text = signed_in.get("/ops/streams/").content.decode()
        assert "Nothing has been measured yet" in text
        assert "Nothing in the last two minutes" in text

    def test_say_that_what_they_show_is_old(self, world: World, signed_in: Client) -> None:
        world.counts("c@a/1", STREAM_RECORDS, h=1)
        world.ticks(2)  # in the world's own time, which is long ago or far ahead
        world.now -= timedelta(days=60_000)
        world.counts("c@a/1", STREAM_RECORDS, h=2)
        world.collector = world.new_collector("first")
        world.ticks(2)
        assert "Nothing has been measured since" in signed_in.get("/ops/").content.decode()

    def test_answer_their_charts_on_one_grid(self, world: World, signed_in: Client) -> None:
        world.counts("c@a/1", STREAM_RECORDS, h=0)
        world.ticks()
        world.counts("c@a/1", STREAM_RECORDS, h=50)
        world.ticks()
        end = epoch_s(world.now)
        answer = signed_in.get("/ops/data/streams/", {"from": end - 600, "to": end}).json()
        (line,) = answer["panels"]["records"]
        assert line["label"] == "h"
        assert len(line["values"]) == len(answer["times"])
        assert [value for value in line["values"] if value] == [5.0]

    def test_show_the_day_before_beside_it(self, world: World, signed_in: Client) -> None:
        world.now = utc_now().replace(microsecond=0) - timedelta(days=1, seconds=30)
        world.counts("w@a/1", QUEUE_WAITING, celery=7)
        world.ticks(2)
        world.now += timedelta(days=1, seconds=-10)
        world.counts("w@a/1", QUEUE_WAITING, celery=9)
        world.ticks(1)
        end = epoch_s(world.now)
        asked = {"from": str(end - 600), "to": str(end), "compare": "1"}
        answer = signed_in.get("/ops/data/workers/", asked).json()
        (line,) = answer["panels"]["waiting"]
        assert (line["values"][-1], line["before"][-1]) == (9.0, 7.0)

    @pytest.mark.parametrize("asked", [{}, {"from": "x", "to": "2"}, {"from": "9", "to": "3"}])
    def test_refuse_what_is_no_range(self, asked: dict[str, str], signed_in: Client) -> None:
        assert signed_in.get("/ops/data/api/", asked).status_code == 404

    def test_that_nobody_declares_are_not_there(self, signed_in: Client) -> None:
        assert signed_in.get("/ops/nothing/").status_code == 404

    def test_of_alarms_say_what_to_do_about_each(self) -> None:
        assert [each.name for each in watched().alarms if not advice(each.howto)] == []

    def test_have_a_panel_for_each_objective_and_alarm(self) -> None:
        assert watched().alarms
        assert watched().objectives  # reading them names whatever is missing
