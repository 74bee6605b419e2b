"""The objectives and alarms that are declared in `monitoring/objectives.yaml`.

`MONITORING_OBJECTIVES` names another file, for a place that has its own.
"""

from functools import cache
from pathlib import Path

import yaml
from django.conf import settings

from kernel.errors import Missing
from monitoring.declared import panel_named
from monitoring.domain.alarms import Alarm
from monitoring.domain.objectives import BadObjectives, Watched, watched_from


class AlarmMissing(Missing):
    """There is no such alarm."""

    code = "alarm_missing"


@cache
def watched() -> Watched:
    """Raises `BadObjectives` where the file names a panel that nobody declares."""
    path = Path(settings.MONITORING_OBJECTIVES)
    content = yaml.safe_load(path.read_text())
    if not isinstance(content, dict):
        raise BadObjectives(f"{path.name} holds no objectives and alarms")
    found = watched_from(content)
    for panel in (*(e.panel for e in found.objectives), *(e.panel for e in found.alarms)):
        panel_named(panel)
    return found


def alarm_named(name: str) -> Alarm:
    """Raises `AlarmMissing`."""
    for alarm in watched().alarms:
        if alarm.name == name:
            return alarm
    raise AlarmMissing
