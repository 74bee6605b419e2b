"""What our way of storing costs, beside others: by AWS's size rules, from items that we write."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import numpy as np

from aws.dynamodb.attributes import encode_item
from aws.dynamodb.sizes import item_bytes, write_units
from sensors.conf import Conf
from sensors.domain.batches import batch_to_bytes, batches
from sensors.domain.costs import ITEM_OVERHEAD_BYTES, Monthly, Prices, Storing, monthly
from sensors.domain.merging import TOGETHER_MIN, is_small
from sensors.domain.partitions import FiledBin
from sensors.domain.readings import NS_PER_S, ns
from sensors.domain.sealing import Size, cut
from sensors.domain.simulated import thermometer
from sensors.repository import SENSOR_REPOSITORY, bin_to_item

PRICES = Path(__file__).parent / "prices.toml"
_UNIT_BYTES = 1024
_SAMPLE = 100_000  # readings
_SENT_EVERY_S = 60
_BINS_MAX = 40
_SENSORS_LOOKED_AT = 20
_LOOKED_BACK = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Load:
    """`rate`: readings a second of all sensors. `every_s`: how often one speaks. `reading_bytes`:
    what one is where it is not packed. `batch`: readings in a device's request."""

    rate: float = 100_000
    every_s: float = 1
    reading_bytes: int = 50
    batch: int = 5000


def load_prices(path: Path = PRICES) -> Prices:
    """The dated settings file."""
    return Prices.of(tomllib.loads(path.read_text()))


def table(load: Load, conf: Conf, prices: Prices, *, now: datetime) -> list[Monthly]:
    """One reading an item, ten an item, bins by our policy, and bins as they lie in the table."""
    ways = [_unpacked(1, load), _unpacked(10, load), _by_policy(load, conf)]
    stored = _as_stored(load, conf, now)
    kept_days = (conf.kept + conf.deleted_after) / timedelta(days=1)
    return [
        monthly(way, rate=load.rate, kept_days=kept_days, prices=prices)
        for way in [*ways, *([stored] if stored else [])]
    ]


def _unpacked(readings_an_item: int, load: Load) -> Storing:
    """As in the talk: a record of the stream for each reading."""
    size = readings_an_item * load.reading_bytes
    return Storing(
        name=f"{readings_an_item} an item" if readings_an_item > 1 else "One reading an item",
        units_per_1000=1000 / readings_an_item * -(-size // _UNIT_BYTES),
        bytes_stored=(size + ITEM_OVERHEAD_BYTES) / readings_an_item,
        readings_a_record=1,
        record_bytes=load.reading_bytes,
    )


def _by_policy(load: Load, conf: Conf) -> Storing:
    """Bins that the consumer would write, of simulated readings."""
    every_ns = int(load.every_s * NS_PER_S)
    whole = thermometer(_SAMPLE, seed=1, every_ns=every_ns)
    size, held = (
        Size(units=conf.bin_units),
        max(1, int(conf.hold / timedelta(seconds=load.every_s))),
    )
    bins: list[FiledBin] = []
    for begin in range(0, len(whole), held):
        rows, guess = whole[begin : begin + held], _bytes_a_reading(bins)
        pieces = cut(rows, size, bytes_a_reading=guess, in_use=())
        bins += [FiledBin(sensor="simulated", tier=each.tier, bin=each.bin) for each in pieces]
        if len(bins) >= _BINS_MAX:
            break
    name = f"Bins of {conf.bin_units} KB, by policy"
    return _of_bins(name, bins, merged=_merging(bins, size), load=load, conf=conf)


def _as_stored(load: Load, conf: Conf, now: datetime) -> Storing | None:
    """Bins that lie in the table; None where there are none yet."""
    bins = list(_stored(now))
    if not bins:
        return None
    return _of_bins("Bins as stored here", bins, merged=0, load=load, conf=conf)


def _stored(now: datetime) -> Iterator[FiledBin]:
    sensors = SENSOR_REPOSITORY.listed(after=None, limit=_SENSORS_LOOKED_AT)
    tiers = SENSOR_REPOSITORY.tiers(sensors)
    for sensor in sensors:
        found = SENSOR_REPOSITORY.bins(sensor, tiers[sensor], ns(now - _LOOKED_BACK), ns(now))
        yield from islice(found, _BINS_MAX)


def _of_bins(
    name: str, bins: Sequence[FiledBin], *, merged: int, load: Load, conf: Conf
) -> Storing:
    items = [encode_item(bin_to_item(each, conf.kept + conf.deleted_after)) for each in bins]
    count = sum(each.bin.summary.count for each in bins)
    stored = sum(map(item_bytes, items)) + len(items) * ITEM_OVERHEAD_BYTES
    in_a_record, record_bytes = _record(load)
    return Storing(
        name=name,
        units_per_1000=1000 * (sum(map(write_units, items)) + merged) / count,
        bytes_stored=stored / count,
        readings_a_record=in_a_record,
        record_bytes=record_bytes,
    )


def _merging(bins: Iterable[FiledBin], size: Size) -> int:
    """Write units of one round: small bins go, and one in so many comes."""
    small = sum(is_small(each.bin, size) for each in bins)
    return small + size.units * (small // TOGETHER_MIN)


def _record(load: Load) -> tuple[float, float]:
    """How many readings of a request, a minute of each sensor, come into one record; its length."""
    each = max(1, min(load.batch, int(_SENT_EVERY_S / load.every_s)))
    rows = thermometer(each, seed=2)
    names = [f"sensor-{number:05}" for number in range(-(-load.batch // each))]
    whole = np.concatenate([rows] * len(names))[: load.batch]
    repeated = [name for name in names for _row in rows][: load.batch]
    sent = [batch for _group, batch in batches(repeated, whole["at"], whole["value"])]
    lengths = [len(batch_to_bytes(batch)) for batch in sent]
    return load.batch / len(sent), float(np.mean(lengths))


def _bytes_a_reading(bins: Sequence[FiledBin]) -> float:
    return len(bins[-1].bin.packed) / bins[-1].bin.summary.count if bins else 1.0
