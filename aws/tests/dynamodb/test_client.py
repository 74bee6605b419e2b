"""The data-plane client before an endpoint that throttles, hangs up and damages answers."""

import http.server
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from aws.connections import Connections
from aws.dynamodb.client import DataClient
from aws.signing import Signer
from kernel.errors import Unavailable

ONE = b'{"Item":{"pk":{"S":"a"}}}'
THROTTLED = (400, b'{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}')
FAILED = (500, b'{"__type":"InternalServerError","message":"again, please"}')
HANGS_UP = (0, b"")
DAMAGED = (200, b"damaged")


@dataclass(slots=True)
class Endpoint:
    """Gives these answers in turn, then good ones; `closes`: each connection after one answer."""

    answers: list[tuple[int, bytes]] = field(default_factory=list)
    closes: bool = False
    asked: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0


@contextmanager
def serving(endpoint: Endpoint) -> Iterator[DataClient]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            endpoint.connections += 1

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            endpoint.asked.append(self.headers["X-Amz-Target"].rpartition(".")[2])
            status, body = endpoint.answers.pop(0) if endpoint.answers else (200, ONE)
            self.close_connection = status == 0 or endpoint.closes
            if status == 0:
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("x-amz-crc32", str(zlib.crc32(b"" if body == b"damaged" else body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    endpoint.port = server.server_port
    try:
        yield client_of(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()


def client_of(address: str) -> DataClient:
    connections = Connections(address, kept_max=4, connect_timeout_s=1, read_timeout_s=1)
    frozen = Credentials("a", "b").get_frozen_credentials
    signer = Signer(
        service="dynamodb", region="eu-west-2", host=connections.host, credentials=frozen
    )
    return DataClient(connections, signer)


class TestACall:
    @pytest.mark.parametrize("fault", [THROTTLED, FAILED, HANGS_UP, DAMAGED])
    def test_is_made_again_after_what_passes(self, fault: tuple[int, bytes]) -> None:
        with serving(Endpoint([fault, fault])) as client:
            assert client.send("GetItem", {})["Item"] == {"pk": {"S": "a"}}

    @pytest.mark.parametrize("fault", [THROTTLED, FAILED, HANGS_UP, DAMAGED])
    def test_is_unavailable_after_five_attempts(self, fault: tuple[int, bytes]) -> None:
        endpoint = Endpoint([fault] * 99)
        with serving(endpoint) as client, pytest.raises(Unavailable):
            client.send("GetItem", {})
        assert len(endpoint.asked) == 5

    def test_waits_up_to_50_100_200_and_400_ms_between_attempts(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waited_s: list[float] = []
        monkeypatch.setattr("aws.dynamodb.client.time.sleep", waited_s.append)
        with serving(Endpoint([THROTTLED] * 9)) as client, pytest.raises(Unavailable):
            client.send("GetItem", {})
        assert len(waited_s) == 4
        assert all(at <= most for at, most in zip(waited_s, (0.05, 0.1, 0.2, 0.4), strict=True))

    def test_is_made_once_where_it_is_refused(self) -> None:
        refused = b'{"__type":"x#ConditionalCheckFailedException","Item":{"pk":{"S":"a"}}}'
        endpoint = Endpoint([(400, refused)])
        with serving(endpoint) as client, pytest.raises(ClientError) as raised:
            client.send("PutItem", {})
        assert raised.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
        assert raised.value.response["Item"] == {"pk": {"S": "a"}}
        assert endpoint.asked == ["PutItem"]

    def test_is_unavailable_where_nobody_listens(self) -> None:
        with serving(Endpoint()) as client:
            pass
        with pytest.raises(Unavailable, match="does not answer"):
            client.send("GetItem", {})

    def test_is_not_retried_once_retries_have_used_up_their_quota(self) -> None:
        endpoint = Endpoint([THROTTLED] * 9)
        with serving(endpoint) as client:
            client._quota.acquire(499)
            with pytest.raises(Unavailable):
                client.send("GetItem", {})
        assert len(endpoint.asked) == 1

    def test_is_told_to_listeners_by_attempt(self) -> None:
        told: list[tuple[Any, ...]] = []
        with serving(Endpoint([THROTTLED])) as client:
            client.listeners = [lambda *call: told.append(call)]
            client.send("GetItem", {"TableName": "t"})
        assert [(each[0], each[4]) for each in told] == [
            ("GetItem", "ThrottlingException"),
            ("GetItem", "ok"),
        ]


class TestConnections:
    def test_are_used_again(self) -> None:
        endpoint = Endpoint()
        with serving(endpoint) as client:
            for _ in range(3):
                client.send("GetItem", {})
        assert endpoint.connections == 1

    def test_that_the_other_side_closed_are_left_without_an_attempt_lost(self) -> None:
        endpoint = Endpoint(closes=True)
        outcomes: list[str] = []
        with serving(endpoint) as client:
            client.listeners = [lambda *call: outcomes.append(call[4])]
            for _ in range(3):
                client.send("GetItem", {})
                threading.Event().wait(0.05)  # until the close has arrived
        assert outcomes == ["ok"] * 3
        assert endpoint.connections == 3
