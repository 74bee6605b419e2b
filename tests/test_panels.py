"""What panels say of routes is said of routes that there are: of any other, nothing is counted, and
the panel would show 0 for ever."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from aws.metrics.names import REQUEST_SECONDS
from kernel.dashboards import Panel, matches
from monitoring.declared import dashboards


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns)
        elif each.name:
            yield each.name


def routes_of(panel: Panel) -> tuple[str, ...]:
    """The patterns of routes that it takes."""
    if panel.series.metric is not REQUEST_SECONDS:
        return ()
    wanted = panel.series.where.get("route", ())
    return (wanted,) if isinstance(wanted, str) else wanted


PATTERNS = [each for board in dashboards() for panel in board.panels for each in routes_of(panel)]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_panel_s_route_is_one_of_ours(pattern: str) -> None:
    assert any(matches(name, pattern) for name in names(get_resolver().url_patterns))
