"""What storing readings costs a month, by the way in which they are stored.

Counted are writes to the table, what lies in it, and the stream; the processes that read the
stream are not, since they are not sold by the reading.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

# DynamoDB charges for so much beside each item.
ITEM_OVERHEAD_BYTES = 100
_HOUR_S = 3600
_GB = 10**9
# What a shard of Kinesis takes a second, and what it counts puts by.
_SHARD_BYTES, _SHARD_RECORDS = 1_000_000, 1000
_PUT_UNIT_BYTES = 25_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """List prices of a region on a day; amounts are of `currency`."""

    as_of: date
    region: str
    currency: str
    hours_a_month: int
    write_unit_hour: float
    write_request_million: float
    storage_gb_month: float
    shard_hour: float
    put_unit_million: float
    archive_gb_month: float

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Self:
        """From a settings file (sensors/prices.toml). Raises `KeyError` where one is missing."""
        return cls(
            **{name: table[name] for name in ("as_of", "region", "currency", "hours_a_month")},
            **table["dynamodb"],
            **table["kinesis"],
            archive_gb_month=table["s3"]["storage_gb_month"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Storing:
    """A way of storing: what becomes of 1,000 readings, and of each record of the stream.

    `bytes_stored` a reading, what DynamoDB adds to each item included.
    """

    name: str
    units_per_1000: float
    bytes_stored: float
    readings_a_record: float
    record_bytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Monthly:
    """What that is at a rate: write units a second, shards, and money a month."""

    storing: Storing
    write_units: float
    shards: int
    provisioned: float
    on_demand: float
    storage: float
    stream: float

    @property
    def total(self) -> float:
        """With provisioned capacity, all of it used."""
        return self.provisioned + self.storage + self.stream


def monthly(storing: Storing, *, rate: float, kept_days: float, prices: Prices) -> Monthly:
    """At `rate` readings a second, that lie in the table for so many days."""
    month_s = prices.hours_a_month * _HOUR_S
    units = rate * storing.units_per_1000 / 1000
    records = rate / storing.readings_a_record
    stored_gb = rate * kept_days * 24 * _HOUR_S * storing.bytes_stored / _GB
    shards = max(1, math.ceil(max(records / _SHARD_RECORDS, records * _shard_share(storing))))
    puts = records * max(1, math.ceil(storing.record_bytes / _PUT_UNIT_BYTES))
    return Monthly(
        storing=storing,
        write_units=units,
        shards=shards,
        provisioned=math.ceil(units) * prices.hours_a_month * prices.write_unit_hour,
        on_demand=units * month_s / 1e6 * prices.write_request_million,
        storage=stored_gb * prices.storage_gb_month,
        stream=shards * prices.hours_a_month * prices.shard_hour
        + puts * month_s / 1e6 * prices.put_unit_million,
    )


def _shard_share(storing: Storing) -> float:
    return storing.record_bytes / _SHARD_BYTES
