"""The sensors' calls as a device and a reader see them; a consumer packs in between."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from secrets import token_hex
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from aws import sessions
from aws.tests.streams.test_putting import FullKinesis
from kernel.clock import utc_now
from sensors.conf import Conf
from sensors.domain.batches import batches, group_of
from sensors.domain.readings import NS_PER_S, Readings, ns, readings
from sensors.services.archiving import archive_group
from sensors.services.sending import send
from sensors.tests.generated import same, temperature
from sensors.tests.world import Clock, World, redis_away

_JSON, _LINES = "application/json", "application/x-ndjson"


class Caller:
    """A device."""

    def __init__(self) -> None:
        printed = StringIO()
        call_command("create_device", "test", stdout=printed)
        self.token = printed.getvalue().strip()

    def post(
        self, body: bytes | str, content_type: str = _JSON, path: str = "v1/sensors/readings",
        scheme: str = "Bearer", **headers: str,
    ) -> Any:  # fmt: skip
        return Client().post(
            f"/api/{path}",
            body,
            content_type=content_type,
            headers={"Authorization": f"{scheme} {self.token}", **headers},
        )

    def get(self, path: str, accept: str = "*/*", **parameters: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": accept}
        return Client().get(f"/api/v1/sensors{path}", parameters, headers=headers)


@pytest.fixture(scope="module")
def device() -> Caller:
    return Caller()


@pytest.fixture(scope="module")
def other_device() -> Caller:
    return Caller()


@pytest.fixture
def world(device: Caller, other_device: Caller) -> Iterator[World]:
    """The stream and the tables of this test alone; the devices are known already."""
    for caller in (device, other_device):
        assert caller.get("", limit=1).status_code == 200
    made = World(Conf(), clock=Clock(utc_now()))
    with made.here():
        yield made


@pytest.fixture
def sensor() -> str:
    return f"boiler-{token_hex(6)}"


def _recent(count: int) -> Readings:
    made = temperature(count)
    made["at"] += ns(utc_now()) // NS_PER_S * NS_PER_S - int(made["at"][-1])
    return made


def _json_rows(sensor: str, some: Readings) -> list[dict[str, Any]]:
    return [
        {"sensor": sensor, "time": at // 1_000_000, "value": value} for at, value in some.tolist()
    ]


def _listed(answer: Any) -> Readings:
    data = answer.json()["data"]
    at = [ns(datetime.fromisoformat(each["time"])) for each in data]
    return readings(at, [float(each["value"]) for each in data])


class TestTheArchive:
    def test_answers_and_says_so(self, device: Caller, world: World, sensor: str) -> None:
        sent = _recent(50)
        long_ago = readings(sent["at"] - 40 * 86_400 * NS_PER_S, sent["value"])
        send(batches([sensor] * 50, long_ago["at"], long_ago["value"]))
        world.drain()
        world.clock.forward(Conf().replay)
        world.consume()
        asked = {
            "from": "2020-01-01T00:00:00Z",
            "to": (utc_now() - timedelta(days=35)).isoformat().replace("+00:00", "Z"),
        }
        hidden = device.get(f"/{sensor}/readings", **asked).json()
        assert (hidden["data"], hidden["archived"]) == ([], False)
        start = utc_now() - timedelta(days=5)  # the first turn looks back 37 days
        archive_group(group_of(sensor), Conf(), now=start)
        answer = device.get(f"/{sensor}/readings", **asked)
        assert same(_listed(answer), long_ago)
        assert answer.json()["archived"]
        table = device.get(f"/{sensor}/readings", "text/csv", **asked)
        assert table.headers["Archived"] == "true"
        few = device.get(f"/{sensor}/readings", points=10, **asked)
        assert few.status_code == 200
        assert few.json()["archived"]


class TestSending:
    def test_takes_json(self, device: Caller, world: World, sensor: str) -> None:
        sent = _recent(100)
        answer = device.post(json.dumps({"readings": _json_rows(sensor, sent)}))
        assert (answer.status_code, answer.json()) == (202, {"accepted": 100})
        world.drain()
        assert same(_listed(device.get(f"/{sensor}/readings")), sent)

    def test_takes_lines_of_json_packed(self, device: Caller, world: World, sensor: str) -> None:
        sent = _recent(100)
        lines = "\n".join(json.dumps(row) for row in _json_rows(sensor, sent)).encode()
        answer = device.post(gzip.compress(lines), _LINES, **{"Content-Encoding": "gzip"})
        assert answer.status_code == 202
        world.drain()
        assert same(_listed(device.get(f"/{sensor}/readings")), sent)

    def test_takes_line_protocol(self, device: Caller, world: World, sensor: str) -> None:
        sent = _recent(100)
        lines = "".join(f"{sensor},at=home t={v!r},n=1i {at}\n" for at, v in sent.tolist())
        answer = device.post(lines, "text/plain; charset=utf-8", "v2/write?bucket=b", "Token")
        assert answer.status_code == 204
        world.drain()
        assert same(_listed(device.get(f"/{sensor},at=home:t/readings")), sent)

    def test_takes_nothing_for_nothing(self, device: Caller, world: World) -> None:
        assert device.post("[]").json() == {"accepted": 0}
        assert device.post(b"", "text/plain", "v2/write").status_code == 204
        assert world.stream == []

    def test_takes_all_or_nothing(self, device: Caller, world: World, sensor: str) -> None:
        rows = [*_json_rows(sensor, _recent(3)), {"sensor": sensor, "time": 5}]
        answer = device.post(json.dumps(rows))
        assert answer.status_code == 422
        assert answer.json()["code"] == "bad_readings"
        assert answer.json()["errors"][0]["line"] == 4
        assert world.stream == []

    @pytest.mark.parametrize(
        ("away", "word"), [(timedelta(days=-31), "ago"), (timedelta(days=2), "ahead")]
    )
    def test_refuses_clocks_that_are_far_off(
        self, device: Caller, world: World, sensor: str, away: timedelta, word: str
    ) -> None:
        time = (utc_now() + away).isoformat()
        answer = device.post(json.dumps([{"sensor": sensor, "time": time, "value": 1}]))
        assert answer.status_code == 422
        assert word in answer.json()["errors"][0]["reason"]

    def test_refuses_a_wrong_precision(self, device: Caller, world: World, sensor: str) -> None:
        seconds = int(utc_now().timestamp())
        line = f"{sensor} value=1 {seconds}"
        assert device.post(line, "text/plain", "v2/write").status_code == 422
        assert device.post(line, "text/plain", "v2/write?precision=s").status_code == 204
        assert device.post(line, "text/plain", "v2/write?precision=h").status_code == 422

    @pytest.mark.parametrize("name", ["", " x", "x" * 201, "two\nlines", "\x00"])
    def test_refuses_names_that_are_none(self, device: Caller, world: World, name: str) -> None:
        row = {"sensor": name, "time": utc_now().isoformat(), "value": 1}
        assert device.post(json.dumps([row])).status_code == 422

    def test_refuses_other_formats(self, device: Caller) -> None:
        assert device.post("a,b", "text/csv").status_code == 415
        assert device.post("[]", **{"Content-Encoding": "br"}).status_code == 415

    def test_wants_the_token_of_a_device(self, device: Caller) -> None:
        assert Client().post("/api/v1/sensors/readings", b"[]", _JSON).status_code == 401
        headers = {"Authorization": f"Bearer {device.token}x"}
        answer = Client().post("/api/v1/sensors/readings", b"[]", _JSON, headers=headers)
        assert answer.status_code == 401

    def test_says_when_to_come_again_where_the_stream_is_full(
        self, device: Caller, world: World, sensor: str
    ) -> None:
        sessions.reset_clients()
        sessions.shared("kinesis-data", lambda: FullKinesis(room=0))
        answer = device.post(json.dumps(_json_rows(sensor, _recent(1))))
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) >= 1

    def test_limits_each_device(
        self, device: Caller, other_device: Caller, world: World, sensor: str
    ) -> None:
        body = json.dumps(_json_rows(sensor, _recent(10)))
        device.post(body)
        with override_settings(SENSORS={"device_readings_a_minute": 5}):
            answer = device.post(body)
            assert answer.status_code == 429
            assert 1 <= int(answer["Retry-After"]) <= 60
            assert other_device.post(body).status_code == 202

    def test_takes_a_hundred_thousand_sensors(self, device: Caller, world: World) -> None:
        run, now_ms = token_hex(4), ns(utc_now()) // 1_000_000
        body = "".join(f"{run},n={number} value=1 {now_ms}\n" for number in range(100_000))
        answer = device.post(body, "text/plain", "v2/write?precision=ms")
        assert answer.status_code == 204
        assert sum(len(data) for _sequence, _at, data in world.stream) < 2_000_000
        world.drain()
        assert len(world.binner._buffer.tails) == 100_000


class TestReading:
    def test_pages_through_a_range(self, device: Caller, world: World, sensor: str) -> None:
        sent = _recent(3000)
        device.post(json.dumps(_json_rows(sensor, sent)))
        world.drain()
        answer = device.get(f"/{sensor}/readings", limit=1000)
        pieces = [_listed(answer)]
        while following := answer.json()["links"]["next"]:
            path = following.partition("/api/v1/sensors")[2]
            answer = device.get(path)
            pieces.append(_listed(answer))
        assert [len(piece) for piece in pieces] == [1000, 1000, 1000]
        assert same(np.concatenate(pieces), sent)

    def test_takes_ranges_with_any_offset(self, device: Caller, world: World, sensor: str) -> None:
        sent = _recent(100)
        device.post(json.dumps(_json_rows(sensor, sent)))
        world.drain()
        at = [datetime.fromtimestamp(int(ns_) // NS_PER_S, UTC) for ns_ in sent["at"][[10, 20]]]
        first, end = (moment.isoformat() for moment in at)
        found = _listed(device.get(f"/{sensor}/readings", **{"from": first, "to": end}))
        assert same(found, sent[10:20])

    def test_gives_points_and_buckets(self, device: Caller, world: World, sensor: str) -> None:
        device.post(json.dumps(_json_rows(sensor, _recent(3000))))
        world.drain()
        answer = device.get(f"/{sensor}/readings", points=200).json()
        assert 100 <= len(answer["data"]) <= 200
        assert sum(bucket["count"] for bucket in answer["buckets"]) == 3000
        assert all(each["min"] <= each["mean"] <= each["max"] for each in answer["buckets"])

    def test_gives_csv_to_whom_wants_it(self, device: Caller, world: World, sensor: str) -> None:
        sent = _recent(100)
        device.post(json.dumps(_json_rows(sensor, sent)))
        world.drain()
        answer = device.get(f"/{sensor}/readings", accept="text/csv", limit=60)
        head, *rows = answer.content.decode().splitlines()
        assert (head, len(rows)) == ("time,value", 60)
        assert float(rows[0].partition(",")[2]) == sent["value"][0]
        assert 'rel="next"' in answer["Link"]

    def test_gives_back_what_json_has_no_number_for(
        self, device: Caller, world: World, sensor: str
    ) -> None:
        now_ms = ns(utc_now()) // 1_000_000
        rows = [
            {"sensor": sensor, "time": now_ms - back, "value": value}
            for back, value in enumerate(("NaN", "Infinity", "-Infinity", -0.0, 1e300))
        ]
        device.post(json.dumps(rows))
        world.drain()
        data = device.get(f"/{sensor}/readings").json()["data"]
        assert [each["value"] for each in data[::-1]] == [
            "NaN",
            "Infinity",
            "-Infinity",
            -0.0,
            1e300,
        ]

    def test_keeps_nanoseconds(self, device: Caller, world: World, sensor: str) -> None:
        now = utc_now().replace(microsecond=0)
        time = f"{now:%Y-%m-%dT%H:%M:%S}.123456789Z"
        device.post(json.dumps([{"sensor": sensor, "time": time, "value": 1}]))
        world.drain()
        end = (now + timedelta(seconds=1)).isoformat()
        assert device.get(f"/{sensor}/readings", to=end).json()["data"][0]["time"] == time

    @pytest.mark.parametrize(
        "wrong",
        [{"from": "yesterday"}, {"to": "2026-02-30T00:00:00Z"}, {"points": 2}, {"limit": 0}],
    )
    def test_refuses_what_is_no_range(self, device: Caller, wrong: dict[str, Any]) -> None:
        answer = device.get("/boiler/readings", **wrong)
        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == list(wrong)

    def test_of_an_unknown_sensor_is_empty(self, device: Caller, world: World) -> None:
        assert device.get("/nobody/readings").json()["data"] == []

    def test_says_what_is_missing_without_redis(
        self, device: Caller, world: World, sensor: str
    ) -> None:
        device.post(json.dumps(_json_rows(sensor, _recent(3000))))
        world.drain()
        with redis_away():
            answer = device.get(f"/{sensor}/readings").json()
        assert answer["fresh"] is False
        assert 0 < len(answer["data"]) < 3000


class TestTheList:
    def test_has_every_sensor_with_what_came_last(
        self, device: Caller, world: World, sensor: str
    ) -> None:
        sent = _recent(10)
        for name in ("a", "b", "c"):
            device.post(json.dumps(_json_rows(f"{sensor}-{name}", sent)))
        world.drain()
        answer = device.get("", limit=2).json()
        found = answer["data"]
        found += device.get(answer["links"]["next"].partition("/api/v1/sensors")[2]).json()["data"]
        assert sorted(each["id"] for each in found) == [f"{sensor}-{name}" for name in "abc"]
        assert found[0]["last"]["value"] == sent["value"][-1]
