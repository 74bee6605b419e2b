"""What operators can look up about sensors, by their name."""

from kernel.clock import utc_now
from kernel.errors import Missing
from kernel.lookups import Card, Fact, Lookup
from sensors import tails
from sensors.domain.readings import NS_PER_S, ns
from sensors.queries import find
from sensors.repository import SENSOR_REPOSITORY
from sensors.web.texts import moment_of, value_text

_DAY_NS = 86_400 * NS_PER_S


class SensorMissing(Missing):
    """No sensor of this name has sent anything."""

    code = "sensor_missing"


def _sensor(wanted: str) -> Card:
    now = utc_now()
    tiers = SENSOR_REPOSITORY.tiers([wanted])[wanted]
    newest = tails.newest([wanted]).get(wanted)
    if not tiers and newest is None:
        raise SensorMissing
    end_ns = ns(now)
    day = find(wanted, end_ns - _DAY_NS, end_ns, now=now)
    count = sum(part.summary().count for part in day.parts)
    last = "none for a day"
    if newest is not None:
        last = f"{value_text(newest.value)} at {moment_of(newest.at):%Y-%m-%d %H:%M:%S}"
    return Card(
        title="Sensor",
        facts=(
            Fact("Name", wanted),
            Fact("Last reading", last),
            Fact("Readings of the last day", f"{count:,}"),
            Fact("Bins lie in", ", ".join(sorted(tier.letter for tier in tiers)) or "none yet"),
        ),
    )


LOOKUPS = (Lookup(key="sensor", title="Sensor", find=_sensor, example="its name"),)
