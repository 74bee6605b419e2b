from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aws import sessions
from aws.metrics.cloudwatch import CloudWatch
from aws.metrics.instruments import NoLabels, Sample
from aws.metrics.names import METRICS_DROPPED
from aws.metrics.snapshots import Family
from aws.sessions import client
from aws.tests.conftest import BadAws
from kernel.ids import random_id

NOW = datetime.now(UTC)


def _counted(name: str, value: float) -> list[Family]:
    samples = (Sample(labels=("hub",), value=value),)
    return [Family(name, "counter", "Count", "Tries.", ("feed",), (), samples)]


def _timed(name: str, counts: tuple[int, ...], sums: tuple[float, ...]) -> list[Family]:
    samples = (Sample(labels=("hub",), counts=counts, sums=sums),)
    return [Family(name, "histogram", "Seconds", "Tries.", ("feed",), (1.0,), samples)]


def _stored(namespace: str, name: str, statistic: str) -> list[float]:
    answer: dict[str, Any] = client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": "feed", "Value": "hub"}],
        StartTime=NOW - timedelta(hours=1),
        EndTime=NOW + timedelta(hours=1),
        Period=7200,
        Statistics=[statistic],
    )
    return [point[statistic] for point in answer["Datapoints"]]


@pytest.fixture
def namespace() -> str:
    return random_id("try")


class TestCloudWatch:
    def test_is_told_differences(self, namespace: str) -> None:
        sink = CloudWatch(namespace)
        sink.send(_counted("rows", 5))
        sink.send(_counted("rows", 12))
        assert sum(_stored(namespace, "rows", "Sum")) == 12

    def test_is_told_nothing_where_nothing_happened(self, namespace: str) -> None:
        sink = CloudWatch(namespace)
        for _report in range(3):
            sink.send(_counted("rows", 5))
        assert sum(_stored(namespace, "rows", "SampleCount")) == 1

    def test_keeps_a_histogram_s_count_and_sum(self, namespace: str) -> None:
        sink = CloudWatch(namespace)
        sink.send(_timed("seconds", (3, 0), (1.5, 0.0)))
        sink.send(_timed("seconds", (4, 1), (2.25, 7.0)))
        assert sum(_stored(namespace, "seconds", "SampleCount")) == 5
        assert sum(_stored(namespace, "seconds", "Sum")) == pytest.approx(9.25)
        assert max(_stored(namespace, "seconds", "Maximum")) == 7.0

    def test_is_told_more_points_than_one_request_takes(self, namespace: str) -> None:
        families = [family for i in range(1_200) for family in _counted(f"rows_{i}", 1)]
        CloudWatch(namespace).send(families)
        told = {
            metric["MetricName"]
            for page in client("cloudwatch")
            .get_paginator("list_metrics")
            .paginate(Namespace=namespace)
            for metric in page["Metrics"]
        }
        assert len(told) == 1_200


class TestOutage:
    def test_loses_nothing_that_fits(
        self, namespace: str, bad_aws: BadAws, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sink = CloudWatch(namespace)
        bad_aws((503, b""))
        sink.send(_counted("rows", 5))
        monkeypatch.undo()
        sessions.reset_clients()
        sink.send(_counted("rows", 12))
        assert sum(_stored(namespace, "rows", "Sum")) == 12

    def test_gives_up_the_oldest_and_counts_them(self, namespace: str, bad_aws: BadAws) -> None:
        sink = CloudWatch(namespace, backlog_max=2)
        before = METRICS_DROPPED.value(NoLabels())
        bad_aws(None)
        for value in range(1, 6):
            sink.send(_counted("rows", value))
        assert METRICS_DROPPED.value(NoLabels()) - before == 3
