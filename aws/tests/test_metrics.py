import os
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from aws.metrics import Counter, Gauge, Histogram, Unit, current_use_case, record_call, use_case
from aws.metrics.exposition import exposition
from aws.metrics.instruments import REGISTRY, NoLabels
from aws.metrics.names import AWS_CALL_SECONDS, CAPACITY_UNITS, CallLabels, CapacityLabels
from aws.metrics.snapshots import Family, from_bytes, gathered, to_bytes
from aws.sessions import client
from kernel.ids import random_id


class Colour(NamedTuple):
    colour: str


@pytest.fixture
def name() -> Iterator[str]:
    """A metric of this test alone."""
    fresh = random_id("try").replace("try_", "try_metric_")
    yield fresh
    REGISTRY.pop(fresh, None)


def _family(name: str) -> Family:
    return next(family for family in gathered() if family.name == name)


class TestInstruments:
    def test_count_under_their_labels(self, name: str) -> None:
        counter = Counter(name, Colour, unit=Unit.COUNT, help="Tries.")
        counter.add(Colour("red"))
        counter.add(Colour("red"), 4)
        counter.add(Colour("blue"))
        assert (counter.value(Colour("red")), counter.value(Colour("blue"))) == (5, 1)

    def test_are_declared_once(self, name: str) -> None:
        Counter(name, NoLabels, unit=Unit.COUNT, help="Tries.")
        with pytest.raises(ValueError, match="twice"):
            Gauge(name, NoLabels, unit=Unit.COUNT, help="Tries.")

    def test_put_a_value_on_a_bound_into_the_bucket_below_it(self, name: str) -> None:
        histogram = Histogram(name, NoLabels, unit=Unit.SECONDS, help="Tries.", bounds=(1.0, 2.0))
        for value in (0.5, 1.0, 1.5, 9.0):
            histogram.observe(NoLabels(), value)
        (sample,) = _family(name).samples
        assert sample.counts == (2, 1, 1)
        assert sample.sums == (1.5, 1.5, 9.0)

    def test_lose_nothing_between_threads(self, name: str) -> None:
        counter = Counter(name, NoLabels, unit=Unit.COUNT, help="Tries.")
        histogram = Histogram(f"{name}_s", NoLabels, unit=Unit.SECONDS, help="Tries.")

        def work() -> None:
            for _ in range(5_000):
                counter.add(NoLabels())
                histogram.observe(NoLabels(), 0.2)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        REGISTRY.pop(f"{name}_s")
        assert counter.value(NoLabels()) == histogram.count(NoLabels()) == 40_000

    def test_start_over_in_a_forked_child(self, name: str) -> None:
        counter = Counter(name, NoLabels, unit=Unit.COUNT, help="Tries.")
        counter.add(NoLabels())
        child = os.fork()
        if child == 0:
            os._exit(int(counter.value(NoLabels())))
        _pid, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert counter.value(NoLabels()) == 1


class TestUseCase:
    def test_the_innermost_counts(self) -> None:
        with use_case("outer"), use_case("inner"):
            assert current_use_case() == "inner"
        assert current_use_case() == "unnamed"

    def test_names_a_function(self) -> None:
        @use_case("named")
        def work(text: str) -> str:
            return f"{text} {current_use_case()}"

        assert work("is") == "is named"
        assert current_use_case() == "unnamed"

    def test_ends_with_an_error_too(self) -> None:
        with pytest.raises(KeyError), use_case("broken"):
            raise KeyError
        assert current_use_case() == "unnamed"

    def test_is_each_thread_s_own(self) -> None:
        seen: list[str] = []
        with use_case("mine"):
            thread = threading.Thread(target=lambda: seen.append(current_use_case()))
            thread.start()
            thread.join()
        assert seen == ["unnamed"]


class TestRecordCall:
    def test_counts_time_and_capacity_under_the_use_case(self) -> None:
        feature = random_id("try")
        with use_case(feature):
            record_call("dynamodb", "Query", 0.01, "ok", 2.5)
            record_call("dynamodb", "Query", 0.01, "ok", 0.5)
        assert AWS_CALL_SECONDS.count(CallLabels(feature, "dynamodb", "Query", "ok")) == 2
        assert CAPACITY_UNITS.value(CapacityLabels(feature, "Query")) == 3

    def test_is_made_by_every_client(self) -> None:
        feature = random_id("try")
        with use_case(feature):
            client("dynamodb").list_tables()
        assert AWS_CALL_SECONDS.count(CallLabels(feature, "dynamodb", "ListTables", "ok")) == 1


class TestExposition:
    def test_is_prometheus_text(self, name: str) -> None:
        counter = Counter(name, Colour, unit=Unit.COUNT, help="Tries,\nin two lines.")
        counter.add(Colour('"a\\b"\n'), 2)
        text = exposition({"web@a/1": [_family(name)]})
        assert text == (
            f"# HELP {name} Tries,\\nin two lines.\n"
            f"# TYPE {name} counter\n"
            f'{name}{{process="web@a/1",colour="\\"a\\\\b\\"\\n"}} 2\n'
        )

    def test_accumulates_a_histogram_s_buckets(self, name: str) -> None:
        histogram = Histogram(name, NoLabels, unit=Unit.SECONDS, help="Tries.", bounds=(0.5, 1.0))
        for value in (0.25, 0.25, 0.75, 4):
            histogram.observe(NoLabels(), value)
        lines = exposition({"w": [_family(name)]}).splitlines()[2:]
        assert lines == [
            f'{name}_bucket{{process="w",le="0.5"}} 2',
            f'{name}_bucket{{process="w",le="1"}} 3',
            f'{name}_bucket{{process="w",le="+Inf"}} 4',
            f'{name}_sum{{process="w"}} 5.25',
            f'{name}_count{{process="w"}} 4',
        ]

    def test_says_each_name_s_help_once_for_all_processes(self, name: str) -> None:
        Counter(name, NoLabels, unit=Unit.COUNT, help="Tries.").add(NoLabels())
        text = exposition({"a": [_family(name)], "b": [_family(name)]})
        assert text.count("# TYPE") == 1
        assert text.count('process="a"') == text.count('process="b"') == 1

    def test_of_a_snapshot_that_travelled_is_the_same(self, name: str) -> None:
        Histogram(name, Colour, unit=Unit.SECONDS, help="Tries.").observe(Colour("red"), 0.2)
        family = _family(name)
        assert from_bytes(to_bytes([family])) == [family]


class TestRegistry:
    def test_is_documented_name_by_name(self) -> None:
        autodiscover_modules("metrics")
        import_module("aws.metrics.names")
        page = (Path(settings.BASE_DIR) / "docs" / "metrics.md").read_text()
        ours = {name for name in REGISTRY if name.startswith("txhub_")}
        assert {name for name in ours if f"`{name}`" not in page} == set()
