"""Readings to measure with: generated ones at 1 Hz, and public ones."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from benchmarks.place import data_file
from sensors.domain.readings import NS_PER_S, Readings, readings
from sensors.domain.simulated import thermometer

_BEIJING = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3", "TEMP", "PRES", "DEWP", "RAIN", "WSPM")
_NAB_MIN = 3000  # values that a series has at least


def generated(count: int, *, seed: int, begin_ns: int = 0) -> Readings:
    """A thermometer at 1 Hz with two decimals."""
    return thermometer(count, seed=seed, begin_ns=begin_ns)


def nab() -> dict[str, Readings]:
    """The longer series of the Numenta Anomaly Benchmark, as if they were read once a second."""
    found = {}
    with zipfile.ZipFile(data_file("nab_data.zip")) as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                values = [float(row["value"]) for row in _rows(archive, name) if "value" in row]
                if len(values) >= _NAB_MIN:
                    at = np.arange(len(values), dtype=np.int64) * NS_PER_S
                    found[name.rpartition("/")[2]] = readings(at, values)
    return found


def beijing(stations: int) -> dict[str, Readings]:
    """Hourly readings of a station's eleven channels, where they are not NA."""
    found = {}
    with zipfile.ZipFile(data_file("beijing_multisite_air.zip")) as outer:
        names = [name for name in outer.namelist() if name.endswith(".csv")]
        for name in names[:stations]:
            rows = list(_rows(outer, name))
            for channel in _BEIJING:
                there = [row for row in rows if row[channel] != "NA"]
                at = [_hour_ns(row) for row in there]
                values = [float(row[channel]) for row in there]
                found[f"{rows[0]['station']}-{channel}"] = readings(at, values)
    return found


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    with archive.open(name) as file:
        yield from csv.DictReader(io.TextIOWrapper(file))


def _hour_ns(row: dict[str, str]) -> int:
    year, month, day, hour = (int(row[part]) for part in ("year", "month", "day", "hour"))
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp()) * NS_PER_S
