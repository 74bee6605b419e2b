"""InfluxDB's own client library writes here unchanged, and what it wrote comes back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from secrets import token_hex

import pytest
from django.core.management import call_command
from django.test import Client
from influxdb_client import InfluxDBClient, Point, WritePrecision
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from pytest_django.live_server_helper import LiveServer

from kernel.clock import utc_now
from sensors.conf import Conf
from sensors.tests.world import Clock, World


@pytest.fixture
def token() -> str:
    printed = StringIO()
    call_command("create_device", "influx", stdout=printed)
    token = printed.getvalue().strip()
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/sensors", headers=headers).status_code == 200
    return token


@pytest.fixture
def world(token: str) -> Iterator[World]:
    made = World(Conf(), clock=Clock(utc_now()))
    with made.here():
        yield made


@pytest.mark.django_db(transaction=True)
class TestTheRealClient:
    @pytest.mark.parametrize("packs", [False, True])
    def test_writes_points_that_come_back_equal(
        self, live_server: LiveServer, world: World, token: str, packs: bool
    ) -> None:
        room = token_hex(4)
        now = utc_now().replace(microsecond=0)
        sent = {now - timedelta(seconds=back): 20 + back / 7 for back in range(500)}
        with InfluxDBClient(live_server.url, token, org="any", enable_gzip=packs) as influx:
            influx.write_api(write_options=SYNCHRONOUS).write(
                bucket="any",
                record=[
                    Point("temperature").tag("room", room).field("value", value).time(at)
                    for at, value in sent.items()
                ],
            )
        world.drain()
        answer = Client().get(
            f"/api/v1/sensors/temperature,room={room}/readings",
            headers={"Authorization": f"Token {token}"},
        )
        found = {
            datetime.fromisoformat(each["time"]): each["value"] for each in answer.json()["data"]
        }
        assert found == sent

    def test_is_told_what_is_wrong(self, live_server: LiveServer, world: World, token: str) -> None:
        long_ago = Point("t").field("value", 1.0).time(datetime(2001, 1, 1, tzinfo=UTC))
        with InfluxDBClient(live_server.url, token, org="any") as influx:
            writer = influx.write_api(write_options=SYNCHRONOUS)
            with pytest.raises(ApiException) as refused:
                writer.write(bucket="any", record=long_ago, write_precision=WritePrecision.S)
        assert refused.value.status == 422
        assert "27 days ago" in str(refused.value.body)
