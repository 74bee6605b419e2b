from multiprocessing import get_context
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpResponse
from django.test import RequestFactory
from prometheus_client.parser import text_string_to_metric_families

from aws.http_metrics import RequestMetrics
from aws.metrics import current_use_case, reporting
from aws.metrics.names import REQUEST_SECONDS, RequestLabels
from aws.metrics.neighbours import Neighbours
from aws.metrics.reporting import Reporter
from aws.metrics.snapshots import Family, gathered
from aws.metrics_view import metrics
from aws.sessions import client
from kernel.ids import random_id

ANYONE = AnonymousUser()
CUSTOMER = User(username="customer")
STAFF = User(username="staff", is_staff=True)


def _ask(user: Any = ANYONE, **headers: str) -> HttpResponse:
    request = RequestFactory().get("/metrics", headers=headers)
    request.user = user
    return metrics(request)


class TestWhoMayRead:
    @pytest.fixture(autouse=True)
    def _token(self, settings: Any) -> None:
        settings.METRICS_TOKEN = "s3cret"

    def test_staff(self) -> None:
        answer = _ask(STAFF)
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/plain; version=0.0.4")

    def test_a_scraper_with_the_token(self) -> None:
        assert _ask(authorization="Bearer s3cret").status_code == 200

    @pytest.mark.parametrize("value", ["Bearer wrong", "Bearer ", "Basic s3cret", "Bearer é"])
    def test_not_one_with_another(self, value: str) -> None:
        answer = _ask(authorization=value)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"

    def test_not_a_customer(self) -> None:
        assert _ask(CUSTOMER).status_code == 403

    def test_nobody_by_an_empty_token(self, settings: Any) -> None:
        settings.METRICS_TOKEN = ""
        assert _ask(authorization="Bearer ").status_code == 401


class TestPrometheus:
    def test_reads_all_of_it_with_its_own_parser(self) -> None:
        """Every series that this process has, value for value."""
        route = random_id("rt")
        for seconds in (0.0001, 0.02, 99.0):
            REQUEST_SECONDS.observe(RequestLabels(route, "GET", "200"), seconds)
        text = _ask(STAFF).content.decode()
        families = {family.name: family for family in text_string_to_metric_families(text)}
        assert {each.name.removesuffix("_total") for each in gathered()} <= families.keys()
        samples = [
            sample
            for sample in families[REQUEST_SECONDS.name].samples
            if sample.labels.get("route") == route
        ]
        buckets = {s.labels["le"]: s.value for s in samples if s.name.endswith("_bucket")}
        assert buckets["0.001"] == 1
        assert buckets["0.025"] == 2
        assert buckets["+Inf"] == 3
        (total,) = [s.value for s in samples if s.name.endswith("_sum")]
        assert total == pytest.approx(99.0201)


class TestNeighbours:
    @pytest.fixture
    def prefix(self) -> str:
        return random_id("try")

    def _process(self, prefix: str, name: str, now: float = 1_000.0) -> Neighbours:
        return Neighbours(settings.REDIS_URL, prefix, name, now=lambda: now)

    def test_see_one_another(self, prefix: str) -> None:
        family = Family("rows", "counter", "Count", "Tries.", (), (), ())
        self._process(prefix, "worker@a/1").send([family])
        self._process(prefix, "worker@a/2").send([])
        seen = self._process(prefix, "web@a/3").read()
        assert seen == {"worker@a/1": [family], "worker@a/2": []}

    def test_forget_the_dead(self, prefix: str) -> None:
        self._process(prefix, "worker@a/1", now=1_000).send([])
        assert self._process(prefix, "web@a/2", now=1_059).read() == {"worker@a/1": []}
        assert self._process(prefix, "web@a/2", now=1_061).read() == {}

    def test_take_themselves_away(self, prefix: str) -> None:
        worker = self._process(prefix, "worker@a/1")
        worker.send([])
        worker.close()
        assert self._process(prefix, "web@a/2").read() == {}


class TestReporter:
    class Sink:
        def __init__(self, *, broken: bool = False) -> None:
            self.sent: list[list[Family]] = []
            self.closed = False
            self._broken = broken

        def send(self, families: Any) -> None:
            self.sent.append(list(families))
            if self._broken:
                raise OSError("no sink")

        def close(self) -> None:
            self.closed = True

    def test_sends_the_rest_when_it_stops(self) -> None:
        sink = self.Sink()
        reporter = Reporter(sink, interval_s=3600)
        reporter.start()
        reporter.stop()
        assert sink.sent == [gathered()]
        assert sink.closed

    def test_outlives_a_broken_sink(self) -> None:
        sink = self.Sink(broken=True)
        reporter = Reporter(sink, interval_s=0.01)
        reporter.start()
        while len(sink.sent) < 3:
            pass
        reporter.stop()
        assert sink.closed


def _serve_one_request(namespace: str) -> None:
    settings.METRICS_CLOUDWATCH, settings.METRICS_CLOUDWATCH_NAMESPACE = True, namespace
    reporting.start("web")
    REQUEST_SECONDS.observe(RequestLabels("home", "GET", "200"), 0.1)


class TestProcess:
    """As Granian's are: forked by `multiprocessing`, which ends them without `atexit`."""

    def test_sends_the_rest_when_it_ends(self) -> None:
        namespace = random_id("try")
        process = get_context("fork").Process(target=_serve_one_request, args=(namespace,))
        process.start()
        process.join(60)
        assert process.exitcode == 0
        metrics = client("cloudwatch").list_metrics(Namespace=namespace)["Metrics"]
        assert "txhub_http_request_seconds" in {each["MetricName"] for each in metrics}


class TestRequestMetrics:
    def test_times_the_route_and_names_the_use_case(self) -> None:
        route, seen = random_id("try"), list[str]()
        middleware: RequestMetrics

        def view(request: Any) -> HttpResponse:
            request.resolver_match = type("Match", (), {"view_name": route})()
            middleware.process_view(request, view, (), {})
            seen.append(current_use_case())
            return HttpResponse(status=204)

        middleware = RequestMetrics(view)
        middleware(RequestFactory().get("/accounts/acc_secret/"))
        assert seen == [route]
        assert current_use_case() == "unnamed"
        assert REQUEST_SECONDS.count(RequestLabels(route, "GET", "204")) == 1

    def test_lets_nobody_invent_series(self) -> None:
        middleware = RequestMetrics(lambda _request: HttpResponse(status=404))
        before = REQUEST_SECONDS.count(RequestLabels("unrouted", "other", "404"))
        for method in ("BREW", "WHEN"):
            middleware(RequestFactory().generic(method, f"/{random_id('any')}"))
        assert REQUEST_SECONDS.count(RequestLabels("unrouted", "other", "404")) == before + 2
