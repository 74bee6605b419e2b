"""What must not stand in a log, whoever writes it."""

import json
import logging
import logging.config
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve

from config.logs import structured_logging
from config.request_log import RequestLog
from kernel.ids import random_id


@pytest.fixture(params=["json", "console"])
def written(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """Everything that is logged while the test runs, as either of our formats writes it."""
    stream = StringIO()
    configured = structured_logging(as_json=request.param == "json", level="INFO")
    configured["handlers"]["stderr"]["stream"] = stream
    logging.config.dictConfig(configured)
    yield stream
    logging.config.dictConfig(settings.LOGGING)


def fail_beside_a_secret() -> None:
    merchant = "Corner Bakery"
    raise ValueError(f"{len(merchant)} letters")


class TestTracebacks:
    @pytest.mark.parametrize("logger", [structlog.get_logger("ours"), logging.getLogger("theirs")])
    def test_tell_the_place_and_no_local_variables(
        self, written: StringIO, logger: logging.Logger
    ) -> None:
        try:
            fail_beside_a_secret()
        except ValueError:
            logger.exception("it_failed")
        assert "it_failed" in written.getvalue()
        assert "in fail_beside_a_secret" in written.getvalue()
        assert "ValueError: 13 letters" in written.getvalue()
        assert "Bakery'" not in written.getvalue().replace('merchant = "Corner Bakery"', "")


class TestTheRequestLog:
    def test_leaves_the_query_out(self, client: Client, written: StringIO) -> None:
        client.get("/livez", {"q": "bakery"})
        assert "GET /livez" in written.getvalue()
        assert "bakery" not in written.getvalue()

    def test_leaves_an_unknown_address_out(self, client: Client, written: StringIO) -> None:
        client.get("/nowhere/12345678/")
        assert "GET unrouted" in written.getvalue()
        assert "12345678" not in written.getvalue()

    @pytest.mark.parametrize("number", ["12345678", "4929123412341234"])
    def test_names_an_account_by_its_id_and_never_by_its_number(self, number: str) -> None:
        opaque = random_id("acc")
        assert RequestLog.format_request(_routed(f"/accounts/{opaque}/")) == (
            f"GET /accounts/{opaque}/"
        )
        assert number not in RequestLog.format_request(_routed(f"/accounts/{number}/"))

    def test_is_one_line_a_request_and_carries_its_id(
        self, client: Client, capfd: pytest.CaptureFixture[str], written: StringIO
    ) -> None:
        client.get("/livez", headers={"X-Request-Id": "chosen by a stranger"})
        (line,) = [line for line in written.getvalue().splitlines() if "livez" in line]
        assert "request_id" in line
        assert "stranger" not in line
        if line.startswith("{"):
            assert json.loads(line)["event"] == "request_finished"


def _routed(path: str) -> HttpRequest:
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    return request


def test_the_middleware_passes_the_answer_on() -> None:
    answer = HttpResponse("x")
    assert RequestLog(lambda _request: answer)(_routed("/livez")) is answer
