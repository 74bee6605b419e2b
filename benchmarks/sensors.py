"""Sensors: how fast and how small readings are packed, what that costs, how ranges read."""

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.place import Place

if TYPE_CHECKING:
    from sensors.domain.readings import Readings

_BIN_SIZES = (60, 300, 600, 1200, 3600)
_UNITS = (1, 2, 4, 8)
_BEIJING_S = 120 * 86_400  # of the four years


def run(place: Place) -> list[Figure]:
    bank = place.new_bank()
    bank.load_django()
    from benchmarks import sensor_reads
    from sensors.domain.sealing import Size

    found = [*_packing(), *_sizes(), *_costs()]
    _say("reading")
    return [*found, *sensor_reads.figures(sensor_reads.store_month("bench-month", Size()))]


# --- without any server ---


def _packing() -> Iterator[Figure]:
    """What a core packs, the search for a full bin included."""
    from benchmarks.sensor_data import generated
    from sensors.domain.sealing import Size, cut

    whole = generated(1_000_000, seed=1)
    began = time.process_time()
    pieces = list(cut(whole, Size(), bytes_a_reading=1.0, in_use=()))
    seconds = time.process_time() - began
    yield Figure(
        name="pack_readings_per_s_core",
        value=len(whole) / seconds,
        unit="readings/s",
        aim=">= 400000",
        how=f"CPU time; {len(whole):,} at 1 Hz cut into {len(pieces):,} bins of a write unit",
    )


def _sizes() -> Iterator[Figure]:
    """Packed bytes of bins of so many readings."""
    from benchmarks.sensor_data import beijing, generated, nab

    sets = {"": {"generated": generated(36_000, seed=1)}, "_nab": nab(), "_beijing": beijing(1)}
    for suffix, series in sets.items():
        for size in _BIN_SIZES:
            name = f"bytes_per_reading_{size}{suffix}"
            yield Figure(name=name, value=_bytes_each(series, size), unit="bytes", how="packed")
    yield Figure(
        name="bytes_per_reading",
        value=_bytes_each(sets[""], 3600),
        unit="bytes",
        aim="<= 1.3",
        how="generated at 1 Hz, two decimals, 3,600 to a bin",
    )


def _bytes_each(series: "Mapping[str, Readings]", size: int) -> float:
    from sensors.domain.codec import pack

    bins = [
        each[begin : begin + size]
        for each in series.values()
        for begin in range(0, len(each) - size + 1, size)
    ]
    return sum(len(pack(each)) for each in bins) / (size * len(bins))


def _costs() -> Iterator[Figure]:
    """Write units by AWS's rules: bins, merges, deletes, lists of sensors and tiers."""
    from benchmarks.sensor_costs import cost_of
    from benchmarks.sensor_data import beijing, generated, nab
    from sensors.conf import Conf
    from sensors.domain.readings import NS_PER_S, between

    a_day = {f"generated-{seed}": generated(86_400, seed=seed) for seed in range(5)}
    hourly = beijing(1)
    first = min(int(each["at"][0]) for each in hourly.values())
    end = first + _BEIJING_S * NS_PER_S
    some = {name: between(each, first, end) for name, each in hourly.items()}
    minute, hour = timedelta(minutes=1), timedelta(hours=1)
    runs = {
        "write_units_per_1000": (a_day, minute, Conf(), "<= 3", "5 sensors, a day at 1 Hz"),
        "write_units_per_1000_nab": (nab(), minute, Conf(), "<= 3", "NAB's values at 1 Hz"),
        "write_units_per_1000_beijing": (some, hour, Conf(), None, "11 hourly sensors, 120 days"),
    }
    for units in _UNITS[1:]:
        conf = Conf(bin_units=units)
        how = f"as the first, bins of {units} units"
        runs[f"write_units_per_1000_bins_of_{units}"] = (a_day, minute, conf, None, how)
    for name, (series, step, conf, aim, how) in runs.items():
        _say(name)
        cost = cost_of(series, step=step, conf=conf)
        yield Figure(
            name=name,
            value=cost.units_per_1000,
            unit="write units",
            aim=aim,
            how=f"{how}; {cost.bytes_per_reading:.2f} packed bytes a reading",
        )


def _say(line: str) -> None:
    print(f"  {line} ...", flush=True)
