"""What the sensors measure about themselves. docs/metrics.md lists it for readers."""

from typing import NamedTuple

from aws.metrics import Counter, Gauge, Unit


class ReadingLabels(NamedTuple):
    """`step`: `accepted` by the API, `taken` from the stream, `put_off` to its end, `binned`."""

    step: str


class BinLabels(NamedTuple):
    """`reason`: `full`, `held` long enough, cut `early` for want of memory, as the shard had
    `ended`, or `merged`."""

    reason: str


class GroupLabels(NamedTuple):
    """A group of sensors, by its number."""

    group: str


READINGS = Counter(
    "txhub_sensor_readings_total",
    ReadingLabels,
    unit=Unit.COUNT,
    help="Readings by what was done with them.",
)
BINS = Counter(
    "txhub_sensor_bins_total",
    BinLabels,
    unit=Unit.COUNT,
    help="Bins written, by why they were.",
)
ARCHIVED = Counter(
    "txhub_sensor_readings_archived_total",
    GroupLabels,
    unit=Unit.COUNT,
    help="Readings that are in the archive and were read back.",
)
ARCHIVE_LATE = Gauge(
    "txhub_sensor_archive_late_days",
    GroupLabels,
    unit=Unit.COUNT,
    help="Days that are shown from bins no more, and are not in the archive.",
)
