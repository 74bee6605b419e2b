"""Sensors: how fast readings are taken in and packed, what that costs, how ranges read."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.place import DataMissing, Place

if TYPE_CHECKING:
    from sensors.domain.readings import Readings

_BIN_SIZES = (60, 300, 600, 1200, 3600)
_UNITS = (1, 2, 4, 8)
_BEIJING_S = 120 * 86_400  # of the four years


def run(place: Place) -> list[Figure]:
    bank = place.new_bank()
    bank.load_django()
    from benchmarks import sensor_flow, sensor_reads
    from sensors.domain.sealing import Size

    found = [*_packing(), *_sizes(), *_costs(), *sensor_flow.figures(bank)]
    _say("reading")
    month = sensor_reads.store_month("bench-month", Size())
    found += sensor_reads.figures(month)
    return [*found, *sensor_reads.archive_figures(month), *_bin_sizes()]


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

    sets = {"": {"generated": generated(36_000, seed=1)}}
    sets |= {"_nab": _public(nab), "_beijing": _public(lambda: beijing(1))}
    for suffix, series in sets.items():
        for size in _BIN_SIZES if series else ():
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
    hourly = _public(lambda: beijing(1))
    first = min((int(each["at"][0]) for each in hourly.values()), default=0)
    end = first + _BEIJING_S * NS_PER_S
    some = {name: between(each, first, end) for name, each in hourly.items()}
    minute, hour = timedelta(minutes=1), timedelta(hours=1)
    runs = {
        "write_units_per_1000": (a_day, minute, Conf(), "<= 3", "5 sensors, a day at 1 Hz"),
        "write_units_per_1000_nab": (_public(nab), minute, Conf(), "<= 3", "NAB's values at 1 Hz"),
        "write_units_per_1000_beijing": (some, hour, Conf(), None, "11 hourly sensors, 120 days"),
    }
    for units in _UNITS[1:]:
        conf = Conf(bin_units=units)
        how = f"as the first, bins of {units} units"
        runs[f"write_units_per_1000_bins_of_{units}"] = (a_day, minute, conf, None, how)
    for name, (series, step, conf, aim, how) in runs.items():
        if not series:
            continue
        _say(name)
        cost = cost_of(series, step=step, conf=conf)
        yield Figure(
            name=name,
            value=cost.units_per_1000,
            unit="write units",
            aim=aim,
            how=f"{how}; {cost.bytes_per_reading:.2f} packed bytes a reading",
        )


def _public(read: Callable[[], "dict[str, Readings]"]) -> "dict[str, Readings]":
    """Public readings; none, and a word about it, where the file is missing."""
    try:
        return read()
    except DataMissing as missing:
        _say(missing.message)
        return {}


def _bin_sizes() -> Iterator[Figure]:
    """What larger bins cost those who read an hour; what they save stands with the write units."""
    from benchmarks import sensor_reads
    from benchmarks.figures import percentile
    from sensors.domain.sealing import Size

    for units in _UNITS[1:]:
        _say(f"reading from bins of {units} units")
        month = sensor_reads.store_month(f"bench-month-{units}", Size(units=units))
        ours, _bare = sensor_reads.hours(month)
        yield Figure(
            name=f"range_p50_ms_bins_of_{units}",
            value=percentile(ours, 50),
            unit="ms",
            how=f"as range_p50_ms, bins of {units} units",
        )


def _say(line: str) -> None:
    print(f"  {line} ...", flush=True)
