"""Readings on their way into bins, beside a running engine: from the stream, and from HTTP."""

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.place import Bank
from benchmarks.processes import cpu_seconds
from benchmarks.sensor_load import LINES, SENSORS
from embedded.processes import Child, free_port

CONSUMERS = 2  # processes, as there are shards
_STREAM_SENSORS, _STREAM_READINGS = 200, 20_000
_SECONDS_AT_ONCE = 50  # of each sensor in a request
HTTP_S, _CONNECTIONS = 60, 4
_S_MAX = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What consumers did: readings taken and put into bins, and when (as `time.time`)."""

    taken: float = 0
    binned: float = 0
    bins: float = 0
    cpu_s: float = 0
    first: float = 0
    last: float = 0

    def since(self, before: "Flow", began: float) -> "Flow":
        """What came after."""
        return Flow(
            taken=self.taken - before.taken,
            binned=self.binned - before.binned,
            bins=self.bins - before.bins,
            cpu_s=self.cpu_s - before.cpu_s,
            first=began,
            last=self.last,
        )

    @property
    def seconds(self) -> float:
        return self.last - self.first


class Consumers:
    """Processes that pack readings, and what they say of it."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self.children: list[Child] = []
        folder = bank.place.folder
        self._files = [folder / f"consumer-{number}.json" for number in range(CONSUMERS)]

    def start(self) -> None:
        for number, file in enumerate(self._files):
            name = f"consumer-{number}"
            module, environment = "benchmarks.sensor_consumer", self._bank.environment
            self.children.append(self._bank.place.start(name, module, str(file), **environment))

    def stop(self) -> None:
        for child in self.children:
            self._bank.place.stop(child)

    def wait_for(self, count: float) -> Flow:
        """What they did until so many readings are taken, and what filled bins is written."""
        deadline = time.monotonic() + _S_MAX
        while time.monotonic() < deadline:
            told = [each for each in map(_told, self._files) if each]
            if sum(each["taken"] for each in told) >= count:
                return _flow(told)
            time.sleep(0.1)
        raise TimeoutError(f"{count:,} readings were not taken in {_S_MAX:g} s")


def figures(bank: Bank) -> Iterator[Figure]:
    consumers = Consumers(bank)
    yield from _from_stream(bank, consumers)
    yield from _from_http(bank, consumers)
    consumers.stop()


def _from_stream(bank: Bank, consumers: Consumers) -> Iterator[Figure]:
    """All readings wait in the stream before a consumer starts."""
    from benchmarks.sensor_data import generated
    from sensors.domain.batches import batches
    from sensors.domain.readings import NS_PER_S
    from sensors.services.sending import send

    count = _STREAM_SENSORS * _STREAM_READINGS
    _say(f"{count:,} readings from the stream into bins")
    begin_ns = (int(time.time()) - 12 * 3600) * NS_PER_S
    series = [
        generated(_STREAM_READINGS, seed=seed, begin_ns=begin_ns) for seed in range(_STREAM_SENSORS)
    ]
    names = [f"stream-{number}" for number in range(_STREAM_SENSORS) for _ in range(50)]
    import numpy as np

    for begin in range(0, _STREAM_READINGS, _SECONDS_AT_ONCE):
        rows = np.concatenate([each[begin : begin + _SECONDS_AT_ONCE] for each in series])
        send(batches(names, rows["at"], rows["value"]))
    engine_before = cpu_seconds(bank.place.servers.engine.pid)
    consumers.start()
    flow = consumers.wait_for(count)
    engine_s = cpu_seconds(bank.place.servers.engine.pid) - engine_before
    how = (
        f"{count:,} readings of {_STREAM_SENSORS} sensors that wait in the stream; "
        f"{_told_of(flow)}; {CONSUMERS} processes, with engine and Redis on {os.cpu_count()} cores"
    )
    yield Figure(
        name="readings_per_s_consumer",
        value=flow.taken / flow.seconds,
        unit="readings/s",
        aim=">= 100000",
        how=how,
    )
    yield _cpu("consumer_cpu_us_per_reading", flow.cpu_s, flow.taken, "consumers, from the stream")
    yield _cpu("consumer_engine_cpu_us_per_reading", engine_s, flow.taken, "engine, meanwhile")


def _from_http(bank: Bank, consumers: Consumers) -> Iterator[Figure]:
    """Devices post line protocol; bins are sealed meanwhile."""
    from identity.devices import create_device
    from kernel.clock import utc_now

    _say(f"line protocol over HTTP for {HTTP_S} s")
    tokens = [create_device("bench", now=utc_now()).token for _connection in range(_CONNECTIONS)]
    port = free_port()
    web = bank.start_web(port)
    web.wait_until(lambda: _answers(port), seconds_max=60)
    servers = bank.place.servers
    pids = {
        "web": [web.pid],
        "consumers": [child.pid for child in consumers.children],
        "engine": [servers.engine.pid],
        "redis": [servers.cache.pid],
    }
    earlier, began, before = consumers.wait_for(0), time.time(), _cpu_of(pids)
    load = bank.place.start(
        "sensor-load",
        "benchmarks.sensor_load",
        *(str(port), ",".join(tokens), str(HTTP_S)),
        **bank.environment,
    )
    load.process.wait(HTTP_S + 120)
    said = json.loads((bank.place.folder / "sensor-load.log").read_text().splitlines()[-1])
    flow = consumers.wait_for(earlier.taken + said["accepted"]).since(earlier, began)
    after = _cpu_of(pids)
    bank.place.stop(web)
    how = (
        f"sustained {said['seconds']:.0f} s: requests of {LINES:,} lines, {_CONNECTIONS} "
        f"connections, {SENSORS} sensors at 1 Hz; until the last of {said['accepted']:,} readings "
        f"was taken; {_told_of(flow)}; all on the same {os.cpu_count()} cores"
    )
    yield Figure(
        name="readings_per_s_http",
        value=flow.taken / flow.seconds,
        unit="readings/s",
        how=how,
    )
    yield Figure(
        name="http_refused",
        value=said["refused"],
        unit="requests",
        how="answered 429 or 503, and sent again",
    )
    yield _cpu("http_cpu_us_load", said["cpu_s"], flow.taken, "making and sending the lines")
    for name in pids:
        seconds = after[name] - before[name]
        yield _cpu(f"http_cpu_us_{name}", seconds, flow.taken, f"{name}, HTTP to bins")


def _cpu(name: str, seconds: float, readings: float, whose: str) -> Figure:
    return Figure(name=name, value=seconds / readings * 1e6, unit="us", how=f"CPU of {whose}")


def _cpu_of(pids: Mapping[str, list[int]]) -> dict[str, float]:
    return {name: sum(map(cpu_seconds, each)) for name, each in pids.items()}


def _flow(told: list[dict[str, float]]) -> Flow:
    added = {
        name: sum(each[name] for each in told) for name in ("taken", "binned", "bins", "cpu_s")
    }
    first, last = min(each["first"] for each in told), max(each["last"] for each in told)
    return Flow(first=first, last=last, **added)


def _told(file: Path) -> dict[str, float]:
    told: dict[str, float] = json.loads(file.read_text()) if file.exists() else {}
    return told


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _told_of(flow: Flow) -> str:
    share = flow.binned / flow.taken
    return f"{share:.0%} in {flow.bins:,.0f} sealed bins after {flow.seconds:.1f} s, the rest open"


def _say(line: str) -> None:
    print(f"  {line} ...", flush=True)
