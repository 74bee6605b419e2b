"""The stream of readings, for `manage.py consume sensor_bins`."""

from collections.abc import Sequence

from aws.streams import Handler, PoisonRecord, Progress, Record, register
from sensors.conf import conf
from sensors.domain.batches import BatchDamaged, batch_from_bytes
from sensors.resources import READINGS
from sensors.services.binning import Arrival, Binner


@register
class SensorBins(Handler[Record]):
    """Packs readings into bins."""

    name = "sensor_bins"
    source = READINGS

    def __init__(self) -> None:
        self._binner = Binner(conf())

    def handle(self, batch: Sequence[Record]) -> Progress:
        return self._binner.take(map(_arrival, batch))

    def idle(self) -> Progress:
        return self._binner.flush()

    def end(self) -> Progress:
        return self._binner.end()


def _arrival(record: Record) -> Arrival:
    try:
        return Arrival(record.sequence, record.at, batch_from_bytes(record.data))
    except BatchDamaged as error:
        raise PoisonRecord(record, "not a batch of readings") from error
