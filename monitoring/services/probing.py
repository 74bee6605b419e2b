"""Runs the probes that the apps declare, each when it is due."""

from dataclasses import dataclass, field

import structlog
from django.db import close_old_connections
from django.db.utils import Error as DatabaseError

from kernel.clock import Clock, epoch_s, utc_now
from kernel.dashboards import Probe
from kernel.errors import HubError
from monitoring.declared import dashboards

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Prober:
    """Used by one thread. A probe that fails is tried again when it is due next."""

    clock: Clock = utc_now
    _due: dict[str, int] = field(default_factory=dict, init=False)

    def run(self) -> None:
        """All that are due."""
        now = epoch_s(self.clock())
        close_old_connections()
        for dashboard in dashboards():
            for probe in dashboard.probes:
                name = f"{dashboard.key}.{probe.name}"
                if now >= self._due.get(name, now):
                    self._due[name] = now + probe.every_s
                    _run(name, probe)


def _run(name: str, probe: Probe) -> None:
    try:
        probe.measure()
    except (HubError, DatabaseError) as error:
        log.warning("probe_failed", probe=name, error=type(error).__name__)
