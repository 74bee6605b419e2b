"""The sensors' settings: `settings.SENSORS` overrides any of these."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class Conf:
    """Why these are what they are: docs/adr/0015-bins.md.

    bin_units        write units of 1 KB that a full bin fills
    hold             a reading is in a bin when it is so old, though the bin is not full
    replay           a reading that is in no bin after so long is put into the stream again: so much
                     of the stream is read again after a crash
    buffered_max     readings that a consumer keeps of a shard; above it bins are cut early. Each
                     sensor with an open tail counts as 28 more
    kept             how far back readings are shown from bins
    closing          so long before that a day takes no more readings: time to archive it
    deleted_after    how much later DynamoDB may delete the bins
    future_max       how far ahead a device's clock may be
    device_readings_a_minute
    """

    bin_units: int = 1
    hold: timedelta = timedelta(hours=24)
    replay: timedelta = timedelta(minutes=30)
    buffered_max: int = 8_000_000
    kept: timedelta = timedelta(days=30)
    closing: timedelta = timedelta(days=3)
    deleted_after: timedelta = timedelta(days=7)
    future_max: timedelta = timedelta(days=1)
    device_readings_a_minute: int = 1_200_000

    def __post_init__(self) -> None:
        if self.kept <= self.closing:
            raise ImproperlyConfigured(f"sensors: `kept` must be longer than {self.closing}")

    @property
    def late_max(self) -> timedelta:
        """How old a reading may be when it comes."""
        return self.kept - self.closing


def conf() -> Conf:
    """The settings as they stand now."""
    overrides: dict[str, Any] = getattr(settings, "SENSORS", {})
    return Conf(**overrides)
