"""Readings as Parquet, to the bit: columns `sensor`, `time` (ns, UTC) and `value`.

Rows are ordered by sensor and time and cut into row groups, whose statistics tell a reader which
of them a sensor is in. Values are written plainly, below zstd: neither a dictionary nor planes of
bytes made a file smaller (docs/adr/0015-bins.md). Pages have checksums.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kernel.errors import Unavailable
from sensors.domain.readings import Readings, between, readings, union

_ROWS_MAX = 131_072  # of a row group: what is in memory at a time
_SCHEMA = pa.schema(
    [
        ("sensor", pa.dictionary(pa.int32(), pa.string())),
        ("time", pa.timestamp("ns", tz="UTC")),
        ("value", pa.float64()),
    ]
)
_SENSOR = 0

Part = tuple[str, Readings]  # a sensor, and some of its readings in order


class ParquetDamaged(Unavailable):
    """An archived file is not as it was written; restore an earlier version of the object."""

    code = "parquet_damaged"


def to_parquet(parts: Iterable[Part]) -> Iterator[bytes]:
    """A file's bytes, piece by piece. `parts` are in order of sensor, and of time within one."""
    sink = _Sink()
    with pq.ParquetWriter(
        pa.PythonFile(sink, mode="w"),
        _SCHEMA,
        compression="zstd",
        use_dictionary=["sensor"],
        column_encoding={"time": "DELTA_BINARY_PACKED", "value": "PLAIN"},
        write_page_checksum=True,
    ) as writer:
        for rows in _row_groups(parts):
            writer.write_table(_table(rows), row_group_size=_ROWS_MAX)
            yield sink.taken()
    yield sink.taken()


def from_parquet(source: io.IOBase) -> Iterator[Part]:
    """All of a file; a sensor may come in several parts. Raises `ParquetDamaged`."""
    with _checked():
        file = _opened(source)
        for index in range(file.num_row_groups):
            yield from _parts(file.read_row_group(index, use_threads=False))


def sensor_from_parquet(source: io.IOBase, sensor: str, first_ns: int, end_ns: int) -> Readings:
    """One sensor's readings from `first_ns` on and before `end_ns`. Raises `ParquetDamaged`."""
    with _checked():
        file = _opened(source)
        found = [
            between(rows, first_ns, end_ns)
            for index in _likely(file.metadata, sensor)
            for name, rows in _parts(file.read_row_group(index, use_threads=False))
            if name == sensor
        ]
    return union(found)


def _row_groups(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Parts together until they make a row group; a longer one is cut."""
    waiting: list[Part] = []
    room = _ROWS_MAX
    for sensor, rows in parts:
        rest = rows
        while len(rest):
            waiting.append((sensor, rest[:room]))
            taken = len(waiting[-1][1])
            rest, room = rest[taken:], room - taken
            if not room:
                yield waiting
                waiting, room = [], _ROWS_MAX
    if waiting:
        yield waiting


def _table(parts: Sequence[Part]) -> pa.Table:
    names = list(dict.fromkeys(sensor for sensor, _rows in parts))
    code_of = {name: code for code, name in enumerate(names)}
    counts = [len(rows) for _sensor, rows in parts]
    codes = np.repeat([code_of[sensor] for sensor, _rows in parts], counts).astype(np.int32)
    rows = np.concatenate([rows for _sensor, rows in parts])
    columns = [
        pa.DictionaryArray.from_arrays(codes, pa.array(names, pa.string())),
        pa.array(np.ascontiguousarray(rows["at"])).cast(_SCHEMA.field("time").type),
        pa.array(np.ascontiguousarray(rows["value"])),
    ]
    return pa.Table.from_arrays(columns, schema=_SCHEMA)


def _parts(table: pa.Table) -> Iterator[Part]:
    sensors = table.column("sensor").combine_chunks().dictionary_encode()
    names = sensors.dictionary.to_pylist()
    codes = sensors.indices.to_numpy()
    at = table.column("time").cast(pa.int64()).to_numpy()
    rows = readings(at, table.column("value").to_numpy())
    borders = np.flatnonzero(np.diff(codes)) + 1
    for begin, part in zip([0, *borders], np.split(rows, borders), strict=True):
        yield names[codes[begin]], part


def _likely(metadata: pq.FileMetaData, sensor: str) -> list[int]:
    """The row groups that may have the sensor."""
    found = []
    for index in range(metadata.num_row_groups):
        told = metadata.row_group(index).column(_SENSOR).statistics
        if told is None or not told.has_min_max or told.min <= sensor <= told.max:
            found.append(index)
    return found


def _opened(source: io.IOBase) -> pq.ParquetFile:
    file = pa.PythonFile(source, mode="r")
    return pq.ParquetFile(file, page_checksum_verification=True, read_dictionary=["sensor"])


@contextmanager
def _checked() -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise ParquetDamaged from error


class _Sink(io.RawIOBase):
    """Keeps what was written until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self._length = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._length

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._length += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        whole, self._pieces = b"".join(self._pieces), []
        return whole
