"""What the sensors measure about themselves. docs/metrics.md lists it for readers."""

from typing import NamedTuple

from aws.metrics import Counter, Unit


class ReadingLabels(NamedTuple):
    """`step`: `accepted` by the API, `taken` from the stream, `put_off` to its end, `binned`."""

    step: str


class BinLabels(NamedTuple):
    """`reason`: `full`, `held` long enough, cut `early` for want of memory, or `merged`."""

    reason: str


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
