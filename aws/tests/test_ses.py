"""The door to SES: one message, handed over once, whatever comes back."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Self

import pytest

from aws import ses, sessions
from aws.resources import Topic
from aws.ses import ConfigurationSet, MessageRefused, SendingInDoubt, SendingThrottled
from kernel.errors import Unavailable

EVENTS = Topic(name="ses-test-events", purpose="For the tests of the door to SES.")
SET = ConfigurationSet(name="ses-test", purpose="For the tests of the door.", events=EVENTS)
RAW = b"From: post@bank.example\r\nTo: a@bank.example\r\nSubject: Hi\r\n\r\nHello\r\n"


class Answering:
    """An endpoint that gives every call the same answer, or none; `asked` counts the calls."""

    def __init__(self, status: int, code: str = "") -> None:
        self.asked = 0
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                owner.asked += 1
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if not status:
                    return  # cut off without a word
                body = json.dumps({"message": code, "MessageId": "ses-1"}).encode()
                self.send_response(status)
                self.send_header("x-amzn-ErrorType", code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                """Says nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def send() -> str:
    tags = {"mail": "mail_x"}
    return ses.send(
        RAW, sender="post@bank.example", to="a@bank.example", configuration_set=SET, tags=tags
    )


@pytest.fixture
def _fresh(monkeypatch: pytest.MonkeyPatch) -> object:
    yield
    monkeypatch.undo()
    sessions.reset_clients()


def at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", url)
    sessions.reset_clients()


@pytest.mark.usefixtures("_fresh")
class TestSending:
    @pytest.mark.parametrize(
        ("status", "code", "error"),
        [
            (429, "TooManyRequestsException", SendingThrottled),
            (400, "MessageRejected", MessageRefused),
            (400, "LimitExceededException", Unavailable),
            (400, "AccountSuspendedException", Unavailable),
            (500, "InternalFailure", SendingInDoubt),
            (503, "ServiceUnavailable", SendingInDoubt),
            (0, "", SendingInDoubt),
        ],
    )
    def test_says_what_an_answer_means_and_asks_once(
        self, status: int, code: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with Answering(status, code) as endpoint:
            at(endpoint.url, monkeypatch)
            with pytest.raises(error):
                send()
            assert endpoint.asked == 1

    def test_knows_that_nothing_left_where_nobody_listens(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at("http://127.0.0.1:1", monkeypatch)
        with pytest.raises(Unavailable):
            send()


class TestTheEngine:
    @pytest.fixture(autouse=True)
    def _provisioned(self) -> None:
        from aws.provisioning import topics

        topics.ensure(EVENTS)
        ses.ensure(SET, domain="bank.example")

    def test_is_provisioned_again_without_change(self) -> None:
        assert ses.ensure(SET, domain="bank.example") == []
        known = sessions.client("sesv2").get_configuration_set_event_destinations(
            ConfigurationSetName=SET.physical_name
        )["EventDestinations"]
        assert set(known[0]["MatchingEventTypes"]) == set(ses.EVENTS)
        assert known[0]["SnsDestination"]["TopicArn"].endswith(EVENTS.physical_name)

    def test_takes_a_message(self) -> None:
        assert send()
