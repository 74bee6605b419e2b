"""Raw, signed requests for DynamoDB: what the engine costs, without our code or boto3's parser."""

from types import SimpleNamespace
from typing import Any

from benchmarks.load import Call


class Recorder:
    """A plain boto3 client that signs requests and sends none."""

    def __init__(self) -> None:
        from aws.sessions import build_client

        self._client = build_client("dynamodb")
        self._client.meta.events.register("before-send.dynamodb", self._keep)
        self._sent: Any = None

    def call(self, operation: str, **parameters: Any) -> Call:
        """The bytes of one call, signed now: send them within a quarter of an hour."""
        getattr(self._client, operation)(**parameters)
        return as_call(self._sent)

    def _keep(self, request: Any, **_rest: object) -> Any:
        """What it returns is taken for the answer."""
        self._sent = request
        return SimpleNamespace(status_code=200, headers={}, content=b"{}")


def as_call(request: Any) -> Call:
    """A prepared request as it goes over the wire."""
    host, _, path = request.url.removeprefix("http://").partition("/")
    headers = {name: _text(value) for name, value in request.headers.items()}
    headers |= {"Host": host, "Content-Length": str(len(request.body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    port = int(host.rpartition(":")[2])
    return Call(port, f"POST /{path} HTTP/1.1\r\n{head}\r\n".encode() + request.body)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
