"""The load generator: a process of its own, raw HTTP/1.1 on connections that stay open.

`python -m benchmarks.load FILE` reads a pickled `Load` and prints its `Measured` as JSON. In an
open loop, journeys begin at set times whether or not earlier ones have ended, and a latency counts
from the set time: so queueing shows. In a closed loop, each connection begins the next journey
when its last one ended: so a ceiling shows.
"""

import asyncio
import json
import pickle
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

_CONNECTIONS_MAX = 64
WARM_UP_S = 2.0


@dataclass(frozen=True, slots=True)
class Call:
    """A whole request, and the loopback port that it goes to."""

    port: int
    request: bytes


Journey = Sequence[Call]  # calls to one port, one after the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """`per_s`: journeys a second in an open loop; None: a closed loop on `connections`."""

    journeys: Sequence[Journey]
    seconds: float
    per_s: float | None = None
    connections: int = 8


@dataclass(slots=True)
class Measured:
    """Latencies of the journeys that were answered with 200, how many were not, and the time.

    `cpu_seconds`: of whoever did the reading: the server under load, or the plain loop's process.
    """

    latencies_ms: list[float] = field(default_factory=list)
    errors: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def per_s(self) -> float:
        """Journeys that were answered with 200, a second."""
        return len(self.latencies_ms) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU time of one journey: what noise on the machine disturbs least."""
        return self.cpu_seconds * 1000 / max(1, len(self.latencies_ms))


class _Connections:
    """Open connections to one port, the last used first."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._free = asyncio.Semaphore(_CONNECTIONS_MAX)

    async def run(self, journey: Journey) -> bool:
        """Makes the journey; whether every answer was 200."""
        async with self._free:
            reader, writer = self._idle.pop() if self._idle else await self._open()
            for call in journey:
                writer.write(call.request)
                if not await _is_ok(reader):
                    writer.close()
                    return False
            self._idle.append((reader, writer))
            return True

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)


async def _is_ok(reader: asyncio.StreamReader) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, _, rest = head.partition(b"content-length:")
    await reader.readexactly(int(rest.partition(b"\r\n")[0]))
    return head.split(b" ", 2)[1] == b"200"


async def measure(load: Load) -> Measured:
    connections = _Connections(load.journeys[0][0].port)
    if load.per_s is None:
        return await _closed(load, connections)
    await _open(load, connections, WARM_UP_S)
    return await _open(load, connections, load.seconds)


async def _open(load: Load, connections: _Connections, seconds: float) -> Measured:
    assert load.per_s is not None
    measured = Measured()
    began = time.perf_counter()
    under_way = set()
    for number in range(int(load.per_s * seconds)):
        due = began + number / load.per_s
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        journey = load.journeys[number % len(load.journeys)]
        task = asyncio.create_task(_timed(connections, journey, due, measured))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    measured.seconds = time.perf_counter() - began
    return measured


async def _closed(load: Load, connections: _Connections) -> Measured:
    measured = Measured()
    began = time.perf_counter()
    ends = began + load.seconds

    async def go_on(first: int) -> None:
        number = first
        while time.perf_counter() < ends:
            journey = load.journeys[number % len(load.journeys)]
            await _timed(connections, journey, time.perf_counter(), measured)
            number += load.connections

    await asyncio.gather(*map(go_on, range(load.connections)))
    measured.seconds = time.perf_counter() - began
    return measured


async def _timed(
    connections: _Connections, journey: Journey, due: float, measured: Measured
) -> None:
    try:
        ok = await connections.run(journey)
    except (OSError, asyncio.IncompleteReadError):
        ok = False
    if ok:
        measured.latencies_ms.append((time.perf_counter() - due) * 1000)
    else:
        measured.errors += 1


if __name__ == "__main__":
    # Written by the benchmark that started us a moment ago.
    order = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301
    print(json.dumps(asdict(asyncio.run(measure(order)))))
