"""An AWS that answers as badly as a test wants it to."""

import http.server
import threading
from collections.abc import Callable, Iterator

import pytest

from aws import sessions

Answer = tuple[int, bytes]
# Points every client at a server that answers with this status and body; None: hangs up.
BadAws = Callable[[Answer | None], None]


@pytest.fixture
def bad_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[BadAws]:
    """A stub endpoint: the engine never throttles and never breaks off, so this stands in front."""
    answers: list[Answer | None] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if answers[0] is None:
                self.close_connection = True
                return
            status, body = answers[0]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _answer  # noqa: N815

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def point_at_it(answer: Answer | None) -> None:
        answers[:] = [answer]
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        sessions.reset_clients()
        for service in ("s3", "sqs", "cloudwatch"):
            once = sessions.build_client(service, retries={"total_max_attempts": 1})
            monkeypatch.setitem(sessions._clients, service, once)

    yield point_at_it
    server.shutdown()
    server.server_close()
    monkeypatch.undo()
    sessions.reset_clients()
