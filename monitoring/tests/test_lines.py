"""What panels draw: rates, gauges, quantiles and ratios."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws.metrics.names import (
    PROVISIONED_UNITS,
    QUEUE_WAITING,
    REQUEST_SECONDS,
    STREAM_RECORDS,
    TABLE_UNITS,
    TASK_SECONDS,
)
from kernel.dashboards import Dashboard, Panel, PanelKind, Series, matches
from monitoring.domain.frames import Frame, Values
from monitoring.domain.lines import LINES_MAX, drawn, quantile, value_over

BOUNDS = (1.0, 2.0, 4.0)


def rate(**more: object) -> Panel:
    return Panel(
        key="p",
        title="P",
        about="",
        kind=PanelKind.RATE,
        series=Series(STREAM_RECORDS),
        **more,  # type: ignore[arg-type]
    )


def handled(at: int, **counts: float) -> Frame:
    values: Values = {(handler,): (count,) for handler, count in counts.items()}
    return Frame(kind="counter", at=at, seconds=10, values=values)


def requests(at: int, **by_status: tuple[int, ...]) -> Frame:
    size = len(REQUEST_SECONDS.bounds) + 1
    values: Values = {
        ("page", "GET", status.lstrip("s")): (
            1.0,
            *map(float, counts),
            *(0.0,) * (size - len(counts)),
        )
        for status, counts in by_status.items()
    }
    return Frame(kind="histogram", at=at, seconds=10, values=values)


class TestRates:
    def test_are_growth_by_seconds_for_each_label(self) -> None:
        frames = {STREAM_RECORDS.name: [handled(10, a=50, b=10), handled(20, a=100)]}
        found = drawn(rate(by=("handler",)), frames)
        assert {line.label: line.values for line in found.lines} == {"a": [5, 10], "b": [1, 0]}

    def test_without_labels_are_one_line(self) -> None:
        (line,) = drawn(rate(), {STREAM_RECORDS.name: [handled(10, a=50, b=10)]}).lines
        assert (line.label, line.values) == ("all", [6])

    def test_are_nothing_at_all_where_nothing_was_measured(self) -> None:
        assert drawn(rate(), {}).lines == []

    def test_are_nought_where_processes_were_asked_and_none_had_counted_any(self) -> None:
        frames = {STREAM_RECORDS.name: [handled(20, a=10)]}
        assert drawn(rate(by=("handler",)), frames, (10, 20)).lines[0].values == [0, 1]
        (line,) = drawn(rate(by=("handler",)), {}, (10, 20)).lines
        assert (line.label, line.values) == ("all", [0, 0])

    def test_of_very_many_are_the_largest_and_the_others(self) -> None:
        many = {f"h{n:02}": float(n) * 10 for n in range(1, 21)}
        found = drawn(rate(by=("handler",)), {STREAM_RECORDS.name: [handled(10, **many)]})
        assert len(found.lines) == LINES_MAX
        assert found.lines[0].label == "h20"
        assert found.lines[-1].label == "others"
        assert sum(line.values[0] or 0 for line in found.lines) == sum(range(1, 21))


class TestQuantiles:
    def test_are_spread_evenly_within_a_bucket(self) -> None:
        assert quantile(0.5, BOUNDS, [0, 10, 0, 0]) == 1.5

    def test_above_all_bounds_are_the_last_bound(self) -> None:
        assert quantile(0.99, BOUNDS, [0, 0, 0, 7]) == 4.0

    def test_of_nothing_are_none(self) -> None:
        assert quantile(0.5, BOUNDS, [0, 0, 0, 0]) is None

    @given(st.lists(st.floats(0.01, 3.99), min_size=1, max_size=60), st.floats(0.01, 1))
    def test_are_no_further_off_than_their_bucket_is_wide(
        self, values: list[float], share: float
    ) -> None:
        counts = [0, 0, 0, 0]
        for value in values:
            counts[next(n for n, bound in enumerate(BOUNDS) if value <= bound)] += 1
        true = sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
        found = quantile(share, BOUNDS, counts)
        assert found is not None
        low = max((b for b in (0.0, *BOUNDS) if b < true), default=0.0)
        high = next(b for b in BOUNDS if true <= b)
        assert low <= found <= high

    def test_of_a_panel_have_a_line_each(self) -> None:
        panel = Panel(
            key="p", title="P", about="", kind=PanelKind.QUANTILE, series=Series(REQUEST_SECONDS)
        )
        found = drawn(panel, {REQUEST_SECONDS.name: [requests(10, s200=(0, 10))]})
        assert [line.label for line in found.lines] == ["p50", "p95", "p99"]


class TestRatios:
    panel = Panel(
        key="p",
        title="P",
        about="",
        kind=PanelKind.RATIO,
        series=Series(REQUEST_SECONDS, {"status": "5*"}),
        of=Series(REQUEST_SECONDS),
    )

    def test_are_shares(self) -> None:
        frames = {
            REQUEST_SECONDS.name: [requests(10, s200=(9,), s500=(1,)), requests(20, s200=(5,))]
        }
        (line,) = drawn(self.panel, frames).lines
        assert line.values == [0.1, 0.0]

    def test_of_nothing_are_unknown_and_not_zero(self) -> None:
        assert value_over(self.panel, {REQUEST_SECONDS.name: [requests(10)]}) == {}

    def test_over_several_frames_are_weighed_by_what_there_was(self) -> None:
        frames = {REQUEST_SECONDS.name: [requests(10, s500=(1,)), requests(20, s200=(99,))]}
        assert value_over(self.panel, frames) == {"all": 0.01}


class TestUses:
    panel = Panel(
        key="p",
        title="P",
        about="",
        kind=PanelKind.USE,
        series=Series(TABLE_UNITS),
        of=Series(PROVISIONED_UNITS),
        by=("table", "kind"),
    )

    def test_are_what_was_consumed_a_second_of_what_is_allowed(self) -> None:
        values: Values = {("sensors", "read"): (100.0,), ("carts", "read"): (7.0,)}
        allowed: Values = {("sensors", "read"): (25.0,), ("sensors", "write"): (50.0,)}
        found = value_over(
            self.panel,
            {
                TABLE_UNITS.name: [Frame(kind="counter", at=10, seconds=10, values=values)],
                PROVISIONED_UNITS.name: [Frame(kind="gauge", at=10, seconds=10, values=allowed)],
            },
        )
        assert found == {"sensors read": 0.4, "sensors write": 0.0}  # carts are on demand


class TestDeclarations:
    def test_refuse_a_label_that_the_metric_lacks(self) -> None:
        with pytest.raises(ValueError, match="no label shard"):
            rate(by=("shard",))

    def test_refuse_a_kind_that_the_metric_is_not(self) -> None:
        with pytest.raises(ValueError, match="is made of a gauge"):
            Panel(key="p", title="P", about="", kind=PanelKind.GAUGE, series=Series(TASK_SECONDS))

    def test_refuse_a_share_of_nothing(self) -> None:
        with pytest.raises(ValueError, match="a share"):
            rate(of=Series(STREAM_RECORDS))

    def test_refuse_two_panels_of_one_key(self) -> None:
        with pytest.raises(ValueError, match="two panels"):
            Dashboard(key="d", title="D", about="", panels=(rate(), rate()))

    @pytest.mark.parametrize(
        ("value", "pattern", "expected"),
        [("503", "5*", True), ("200", "5*", False), ("ok", "!ok", False), ("x", "!ok", True)],
    )
    def test_match_values_by_patterns(self, value: str, pattern: str, expected: bool) -> None:
        assert matches(value, pattern) is expected

    def test_take_one_of_several_patterns(self) -> None:
        series = Series(QUEUE_WAITING, {"queue": ("*-dead", "*dead-letters")})
        assert series.takes(("sqs", "stream-dead-letters"))
        assert not series.takes(("sqs", "messages"))
