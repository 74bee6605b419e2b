"""DynamoDB and Kinesis over their limits: stands in front of the engine, which never is."""

import http.client
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

_FULL = "ProvisionedThroughputExceededException"
_WRITES = ("TransactWriteItems", "BatchWriteItem", "PutItem", "UpdateItem")


class Limits:
    """`over`: whether DynamoDB's writes, and Kinesis's writes and reads, are refused now.
    `refused`: how many calls were."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.over = False
        self.refused = 0


@contextmanager
def limits_before(engine_url: str) -> Iterator[Limits]:
    """`url` is where DynamoDB and Kinesis are then."""
    engine = urlsplit(engine_url)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            refusal = _refusal(self.headers.get("X-Amz-Target", ""), body)
            if limits.over and refusal:
                limits.refused += 1
                status, said = refusal
                self._answer(status, "application/x-amz-json-1.1", json.dumps(said).encode())
                return
            connection = http.client.HTTPConnection(str(engine.hostname), engine.port)
            connection.request("POST", self.path, body, dict(self.headers))
            answer = connection.getresponse()
            self._answer(answer.status, answer.headers["Content-Type"], answer.read())
            connection.close()

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    limits = Limits(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield limits
    finally:
        server.shutdown()
        server.server_close()


def _refusal(target: str, body: bytes) -> tuple[int, dict[str, object]] | None:
    """Status and content, as the services have it: Kinesis refuses records one by one."""
    service, _, operation = target.rpartition(".")
    if service.startswith("Kinesis") and operation == "PutRecords":
        outcomes = [{"ErrorCode": _FULL, "ErrorMessage": "x"} for _ in json.loads(body)["Records"]]
        return 200, {"FailedRecordCount": len(outcomes), "Records": outcomes}
    if service.startswith("Kinesis") and operation == "GetRecords":
        return 400, {"__type": _FULL, "message": "x"}
    if operation in _WRITES:
        kind = "com.amazonaws.dynamodb.v20120810#ThrottlingException"
        return 400, {"__type": kind, "message": "x"}
    return None
