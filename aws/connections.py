"""Kept-open HTTP connections to one endpoint, shared by the threads of a process."""

import os
import select
import socket
import ssl
from collections import deque
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from kernel.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read to its end."""

    status: int
    body: bytes
    checksum: str | None  # `x-amz-crc32` of the body


class Connections:
    """Takes a connection that nobody uses, or opens one; keeps up to `kept_max` of them open.

    There are never more than there are threads that call at once. `AWS_CA_BUNDLE` is honoured.
    """

    def __init__(
        self, endpoint: str, *, kept_max: int, connect_timeout_s: float, read_timeout_s: float
    ) -> None:
        parts = urlsplit(endpoint)
        self._address = parts.hostname or "", parts.port
        self._tls = _tls() if parts.scheme == "https" else None
        self._idle: deque[HTTPConnection] = deque()
        self._kept_max = kept_max
        self._connect_timeout_s, self._read_timeout_s = connect_timeout_s, read_timeout_s
        self.host = parts.netloc

    def post(self, body: bytes, headers: dict[str, str]) -> Answer:
        """Raises `Unavailable` when nothing, or only part of an answer, comes back."""
        connection = self._idle_one() or self._open()
        try:
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.read(), response.getheader("x-amz-crc32"))
        except (OSError, HTTPException) as error:
            connection.close()
            raise Unavailable(f"AWS does not answer ({type(error).__name__})") from error
        if response.will_close or len(self._idle) >= self._kept_max:
            connection.close()
        else:
            self._idle.append(connection)
        return answer

    def _idle_one(self) -> HTTPConnection | None:
        while self._idle:
            try:
                found = self._idle.pop()  # the one used last is the least likely to be closed
            except IndexError:  # another thread took it
                return None
            if not _is_closed_by_peer(found.sock):
                return found
            found.close()
        return None

    def _open(self) -> HTTPConnection:
        host, port = self._address
        timeout_s = self._connect_timeout_s
        made = (
            HTTPSConnection(host, port, timeout=timeout_s, context=self._tls)
            if self._tls
            else HTTPConnection(host, port, timeout=timeout_s)
        )
        try:
            made.connect()
        except OSError as error:
            raise Unavailable(f"AWS does not answer ({type(error).__name__})") from error
        made.sock.settimeout(self._read_timeout_s)
        return made


def _is_closed_by_peer(sock: socket.socket) -> bool:
    """An idle connection has something to read only when the other side has closed it."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
