"""The processes of one deployment show each other what they measure, through Redis.

A scrape reaches one web process out of several, and never a worker. So each process writes its
snapshot into one Redis hash every few seconds, and whichever is scraped shows them all.
"""

import os
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import redis

from aws.metrics.snapshots import Family, from_bytes, to_bytes

_STALE_S = 60  # a process that has not written for so long has ended


def process_name(role: str) -> str:
    """Names this process among all of a deployment, such as `web@host-1/4711`."""
    return f"{role}@{socket.gethostname()}/{os.getpid()}"


class Neighbours:
    """A sink, and the reader, of the shared snapshots."""

    def __init__(
        self, url: str, prefix: str, process: str, *, now: Callable[[], float] = time.time
    ) -> None:
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._key = f"{prefix}:metrics"
        self._process = process
        self._now = now

    def send(self, families: Sequence[Family]) -> None:
        """Writes this process's snapshot. Raises redis's errors."""
        stamp = orjson.dumps(self._now())
        self._redis.hset(self._key, self._process, stamp + b"\n" + to_bytes(families))

    def close(self) -> None:
        """Takes this process's snapshot back: it ends."""
        self._redis.hdel(self._key, self._process)
        self._redis.close()

    def read(self) -> dict[str, list[Family]]:
        """The snapshots of all living processes; forgets those of the dead."""
        living: dict[str, list[Family]] = {}
        for process, value in self._redis.hgetall(self._key).items():
            stamp, snapshot = value.split(b"\n", 1)
            if float(stamp) < self._now() - _STALE_S:
                self._redis.hdel(self._key, process)
            else:
                living[process.decode()] = from_bytes(snapshot)
        return living
