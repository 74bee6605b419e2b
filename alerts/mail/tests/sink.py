"""An SMTP server that keeps whatever it accepts, every time it does: it never removes duplicates.

Written down before it is answered, as a real server does; so a sender that dies in between is told
nothing and the message is there.
"""

import re
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

_MAIL_ID = re.compile(rb"^Message-ID: <(mail_[a-z2-7]{26})@", re.MULTILINE)
# What the server says to the end of a message; None cuts the connection without a word.
Answer = Callable[["Accepted"], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    mail_id: str
    to: str
    raw: bytes = field(repr=False)


@dataclass(slots=True)
class Sink:
    """`before` is asked before a message is kept: an answer other than None refuses it.
    `after` is what the sender is told of a message that is kept."""

    port: int = 0
    before: Answer = lambda _message: None
    after: Answer = lambda _message: "250 Kept"
    accepted: list[Accepted] = field(default_factory=list)

    def times(self) -> Counter[str]:
        """How often each mail was accepted."""
        return Counter(each.mail_id for each in list(self.accepted))

    def raw(self, mail_id: str) -> bytes:
        return next(each.raw for each in self.accepted if each.mail_id == mail_id)


@contextmanager
def running_sink() -> Iterator[Sink]:
    sink = Sink()

    class Handler(_Conversation):
        kept_in = sink

    with _Server(("127.0.0.1", 0), Handler) as server:
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


class _Conversation(socketserver.StreamRequestHandler):
    """One connection. Knows as much of RFC 5321 as an honest sender needs."""

    kept_in: Sink
    disable_nagle_algorithm = True
    _to = ""

    def handle(self) -> None:
        try:
            self._say("220 sink")
            while line := self.rfile.readline():
                if not self._command(line.decode("ascii", "replace").strip()):
                    return
        except ConnectionError:
            return

    def _command(self, line: str) -> bool:
        verb = line[:4].upper()
        if verb == "DATA":
            return self._data()
        if verb == "RCPT":
            self._to = line.partition("<")[2].rpartition(">")[0]
        self._say("221 Bye" if verb == "QUIT" else "250 OK")
        return verb != "QUIT"

    def _data(self) -> bool:
        self._say("354 Go ahead")
        raw = self._message()
        if raw is None:
            return False
        found = _MAIL_ID.search(raw)
        message = Accepted(mail_id=found[1].decode() if found else "", to=self._to, raw=raw)
        answer = self.kept_in.before(message)
        if answer is None:
            self.kept_in.accepted.append(message)
            answer = self.kept_in.after(message)
        if answer is None:
            return False
        self._say(answer)
        return True

    def _message(self) -> bytes | None:
        """None where the sender died before its end: nobody has taken such a message."""
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode("ascii"))


def settings_for(sink: Sink, **more: Any) -> dict[str, Any]:
    """`settings.MAIL` that sends into the sink."""
    through = "alerts.mail.transports.smtp.Smtp"
    return {"transport": through, "smtp_port": sink.port, "rate_max_s": 5000.0, **more}
