"""What the apps declare: `DASHBOARDS` in their `dashboard.py`, `LOOKUPS` and `REPLAYS` in
their `operations.py`.

Found as Django finds `admin.py`. An app that has neither is not monitored, and nothing breaks.
"""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps

from kernel.dashboards import Dashboard, Panel
from kernel.errors import Missing
from kernel.lookups import Lookup
from kernel.replays import Replay


class UnknownPanel(Missing):
    """No app declares this dashboard, or this panel of it."""

    code = "unknown_panel"


@cache
def dashboards() -> tuple[Dashboard, ...]:
    """All of them, in the order of the installed apps."""
    found = tuple(
        each for module in _modules("dashboard") for each in getattr(module, "DASHBOARDS", ())
    )
    keys = [each.key for each in found]
    if len(set(keys)) < len(keys):
        raise ValueError(f"two dashboards of one key among {', '.join(keys)}")
    return found


@cache
def lookups() -> tuple[Lookup, ...]:
    """All of them, in the order of the installed apps."""
    modules = _modules("operations")
    return tuple(each for module in modules for each in getattr(module, "LOOKUPS", ()))


@cache
def replays() -> tuple[Replay, ...]:
    """All of them."""
    modules = _modules("operations")
    return tuple(each for module in modules for each in getattr(module, "REPLAYS", ()))


def dashboard_named(key: str) -> Dashboard:
    """Raises `UnknownPanel`."""
    for each in dashboards():
        if each.key == key:
            return each
    raise UnknownPanel(f"there is no dashboard {key}")


def panel_named(name: str) -> tuple[Dashboard, Panel]:
    """The panel called `<dashboard>.<panel>`. Raises `UnknownPanel`."""
    board, _, key = name.partition(".")
    found = dashboard_named(board)
    panel = found.panel(key)
    if panel is None:
        raise UnknownPanel(f"there is no panel {name}")
    return found, panel


def _modules(name: str) -> Iterator[ModuleType]:
    for app in apps.get_app_configs():
        full = f"{app.name}.{name}"
        if find_spec(full) is not None:
            yield import_module(full)
