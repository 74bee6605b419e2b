"""Numbers on the operators' pages."""

import pytest

from aws.metrics.names import QUEUE_WAITING, STREAM_RECORDS
from kernel.dashboards import Panel, PanelKind, Series, Show
from monitoring.web.texts import shown


def panel(kind: PanelKind, show: Show) -> Panel:
    metric = STREAM_RECORDS if kind is PanelKind.RATE else QUEUE_WAITING
    return Panel(key="p", title="P", about="", kind=kind, series=Series(metric), show=show)


@pytest.mark.parametrize(
    ("value", "kind", "show", "text"),
    [
        (None, PanelKind.RATE, Show.NUMBER, "\u2013"),
        (0.0, PanelKind.RATE, Show.NUMBER, "0/s"),
        (0.0033, PanelKind.RATE, Show.NUMBER, "0.0033/s"),
        (12_345.0, PanelKind.RATE, Show.NUMBER, "12.3 k/s"),
        (1_500_000.0, PanelKind.RATE, Show.BYTES, "1.5 MB/s"),
        (12_345.0, PanelKind.GAUGE, Show.NUMBER, "12.3 k"),
        (0.0421, PanelKind.GAUGE, Show.SECONDS, "42.1 ms"),
        (9000.0, PanelKind.GAUGE, Show.SECONDS, "2.5 h"),
        (0.0003, PanelKind.GAUGE, Show.PERCENT, "0.03 %"),
    ],
)
def test_say_their_unit(value: float | None, kind: PanelKind, show: Show, text: str) -> None:
    assert shown(value, panel(kind, show)) == text
