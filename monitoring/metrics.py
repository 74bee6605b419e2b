"""What monitoring measures about itself. docs/metrics.md lists it for readers."""

from typing import NamedTuple

from aws.metrics import Counter, Gauge, Unit
from aws.metrics.instruments import NoLabels


class AlarmLabels(NamedTuple):
    """`status` as in docs/states/alarm.md."""

    status: str


LOOKS = Counter(
    "txhub_alarm_evaluations_total",
    NoLabels,
    unit=Unit.COUNT,
    help="Rounds in which all alarms were evaluated: the evaluator's heartbeat.",
)
STANDING = Gauge(
    "txhub_alarms",
    AlarmLabels,
    unit=Unit.COUNT,
    help="Alarms by where they stand.",
)
