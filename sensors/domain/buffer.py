"""What a consumer has taken from the stream and not made durable yet: each sensor's open tail.

Readings come with the mark of the stream record that brought them (0, 1, 2, ... as records are
taken). Marks say how far the stream is no longer needed: up to the oldest that a tail still has.
"""

from array import array
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

from sensors.domain.batches import Batch
from sensors.domain.partitions import Tier
from sensors.domain.readings import READING, Readings
from sensors.domain.sealing import Piece, Size, cut

_LIKELY_BYTES = 1.0  # of a packed reading, until the sensor's own are known
_LATER = 1.05  # what was not full is tried again when there is so much more of it
_ROW_BYTES = READING.itemsize
# An open tail takes about 550 bytes, a reading in it 20.
TAIL_WEIGHT = 28

Marks = npt.NDArray[np.uint32]


class Tail:
    """One sensor's open readings, in the order they came.

    `tiers` are those of the sensor's bins, None while nobody has looked. `published` is how long
    the tail in Redis should be, and `sent` how much of `rows` it has.
    """

    __slots__ = (
        "bytes_a_reading", "marks", "oldest", "published", "rows", "sent", "tiers", "try_at"
    )  # fmt: skip

    def __init__(self, try_at: int) -> None:
        self.rows, self.marks = bytearray(), array("I")
        self.oldest: int | None = None
        self.tiers: frozenset[Tier] | None = None
        self.try_at = try_at
        self.published = self.sent = 0
        self.bytes_a_reading = _LIKELY_BYTES

    def __len__(self) -> int:
        return len(self.marks)

    def unsent(self) -> bytes:
        """What Redis has not been told."""
        return bytes(self.rows[self.sent :])

    def first_at(self) -> int:
        """The time of the oldest reading of a tail that has any."""
        return int(np.frombuffer(bytes(self.rows), READING)["at"].min())

    def ordered(self) -> tuple[Readings, Marks]:
        """Each reading once, in order, with the newest mark that brought it."""
        rows = np.frombuffer(bytes(self.rows), READING)
        marks = np.array(self.marks, np.uint32)
        at = rows["at"]
        if bool((at[1:] > at[:-1]).all()):
            return rows, marks
        bits = np.ascontiguousarray(rows["value"]).view(np.uint64)
        order = np.lexsort((marks, bits, at))
        at, bits = at[order], bits[order]
        is_last = np.ones(len(order), np.bool_)
        is_last[:-1] = (at[1:] != at[:-1]) | (bits[1:] != bits[:-1])
        return rows[order[is_last]], marks[order[is_last]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutting:
    """A tail's readings as pieces to be written, and what stays in the tail when they are."""

    sensor: str
    pieces: tuple[Piece, ...]
    rest: Readings
    rest_marks: Marks


class Buffer:
    """The open tails of all sensors of a shard."""

    def __init__(self, size: Size) -> None:
        self.tails: dict[str, Tail] = {}
        self.count = 0
        self._size = size
        self._by_age: list[tuple[int, str]] = []  # a heap; entries that no longer hold stay in it

    @property
    def weight(self) -> int:
        """What it has in memory, counted in readings."""
        return self.count + TAIL_WEIGHT * len(self.tails)

    def take(self, mark: int, batch: Batch) -> None:
        """Puts readings into their sensors' tails."""
        raw = batch.readings.tobytes()
        begin = 0
        for sensor, count in zip(batch.sensors, batch.counts, strict=True):
            tail, end = self._open(sensor), begin + count * _ROW_BYTES
            tail.rows += raw[begin:end]
            tail.marks.extend([mark] * count)
            self._date(sensor, tail, mark if tail.oldest is None else tail.oldest)
            begin = end
        self.count += len(batch.readings)

    def oldest(self) -> int | None:
        """The oldest mark that a tail still needs."""
        while self._by_age:
            mark, sensor = self._by_age[0]
            tail = self.tails.get(sensor)
            if tail is not None and tail.oldest == mark:
                return mark
            heappop(self._by_age)
        return None

    def older_than(self, mark: int) -> list[str]:
        """Sensors whose tails need an older mark than this."""
        return [
            sensor
            for sensor, tail in self.tails.items()
            if tail.oldest is not None and tail.oldest < mark
        ]

    def cut(self, sensor: str, *, everything: bool = False) -> Cutting:
        """The sensor's full bins, or bins of all its readings; nothing changes yet."""
        tail = self.tails[sensor]
        assert tail.tiers is not None
        rows, marks = tail.ordered()
        pieces = cut(rows, self._size, bytes_a_reading=tail.bytes_a_reading, in_use=tail.tiers)
        chosen, stays = [], np.ones(len(rows), np.bool_)
        for piece in pieces:
            tail.bytes_a_reading = piece.bytes_a_reading
            if everything or self._size.is_full(piece.bin):
                chosen.append(piece)
                stays[piece.begin : piece.end] = False
        tail.try_at = self._next_try(tail, int(stays.sum()))
        return Cutting(
            sensor=sensor, pieces=tuple(chosen), rest=rows[stays], rest_marks=marks[stays]
        )

    def settle(self, cutting: Cutting) -> None:
        """The pieces are durable; the tail is what was left of it."""
        tail = self.tails[cutting.sensor]
        self.count += len(cutting.rest) - len(tail)
        tail.rows = bytearray(cutting.rest.tobytes())
        tail.marks = array("I", cutting.rest_marks.tobytes())
        oldest = int(cutting.rest_marks.min()) if len(cutting.rest) else None
        self._date(cutting.sensor, tail, oldest)

    def empty(self, sensor: str) -> None:
        """The readings will come again, from the end of the stream."""
        tail = self.tails[sensor]
        self.count -= len(tail)
        tail.rows, tail.marks, tail.oldest, tail.sent = bytearray(), array("I"), None, 0

    def forget(self, sensor: str) -> None:
        """Closes an empty tail."""
        del self.tails[sensor]

    def _open(self, sensor: str) -> Tail:
        tail = self.tails.get(sensor)
        if tail is None:
            tail = self.tails[sensor] = Tail(self._size.count(_LIKELY_BYTES))
        return tail

    def _date(self, sensor: str, tail: Tail, oldest: int | None) -> None:
        if oldest is not None and oldest != tail.oldest:
            heappush(self._by_age, (oldest, sensor))
        tail.oldest = oldest

    def _next_try(self, tail: Tail, left: int) -> int:
        likely = self._size.count(tail.bytes_a_reading)
        return max(likely, int(left * _LATER) + 1)
