"""Through an SMTP server: SES's, the bank's own, or a sink in tests.

One connection for each thread, kept open. The end of the data is where doubt begins: until then a
broken connection means that nothing was taken, after it that nobody knows.
"""

import smtplib
import ssl
import threading
from contextlib import suppress

from alerts.mail.conf import Conf, conf
from alerts.mail.domain.events import MAIL_TAG
from alerts.mail.domain.outcomes import Outcome, Verdict
from alerts.mail.repository.files import Rendered
from alerts.mail.resources import SENDING

_THROTTLING = frozenset({421, 450, 451, 452, 454})  # "try again later", in several words
_TAKEN = 250
_AWAY = (OSError, smtplib.SMTPException)


class Smtp:
    def __init__(self) -> None:
        self._mine = threading.local()

    def send(self, mail: Rendered) -> Outcome:
        try:
            server = self._connection()
            if refusal := _announce(server, mail.address):
                return refusal
        except _AWAY as error:
            self._drop()
            return Outcome(verdict=Verdict.NOT_TAKEN, reason=type(error).__name__)
        try:
            return _hand_over(server, _tagged(mail))
        except _AWAY as error:
            self._drop()
            return Outcome(verdict=Verdict.IN_DOUBT, reason=type(error).__name__)

    def _connection(self) -> smtplib.SMTP:
        if getattr(self._mine, "server", None) is None:
            self._mine.server = _connected(conf())
        server: smtplib.SMTP = self._mine.server
        return server

    def _drop(self) -> None:
        server, self._mine.server = getattr(self._mine, "server", None), None
        if server is not None:
            with suppress(*_AWAY):
                server.close()


def _connected(settled: Conf) -> smtplib.SMTP:
    server = smtplib.SMTP(
        settled.smtp_host,
        settled.smtp_port,
        local_hostname=settled.domain,
        timeout=settled.smtp_timeout_s,
    )
    if settled.smtp_tls:
        server.starttls(context=ssl.create_default_context())
    if settled.smtp_user:
        server.login(settled.smtp_user, settled.smtp_password)
    server.ehlo_or_helo_if_needed()
    return server


def _announce(server: smtplib.SMTP, address: str) -> Outcome | None:
    """Everything before the message itself; None where the server waits for it."""
    commands = {
        f"MAIL FROM:<{conf().sender}>": 2,
        f"RCPT TO:<{address}>": 2,
        "DATA": 3,
    }
    for command, expected in commands.items():
        code, _text = server.docmd(command)
        if code // 100 != expected:
            server.rset()
            return _not_taken(code)
    return None


def _hand_over(server: smtplib.SMTP, message: bytes) -> Outcome:
    server.send(_dotted(message))
    code, text = server.getreply()
    if code == _TAKEN:
        return Outcome(verdict=Verdict.ACCEPTED, provider_id=_provider_id(text))
    return _not_taken(code)


def _not_taken(code: int) -> Outcome:
    verdict = Verdict.THROTTLED if code in _THROTTLING else Verdict.REFUSED
    return Outcome(verdict=verdict, reason=f"SMTP {code}")


def _provider_id(reply: bytes) -> str:
    """SES's SMTP server says `Ok <id>`; another one says what it likes, which is not kept."""
    words = reply.decode("ascii", "replace").split()
    return words[1][:100] if len(words) == 2 and words[0].lower() == "ok" else ""


def _tagged(mail: Rendered) -> bytes:
    """With what SES's SMTP server reads and takes off again; others keep it, which does no harm."""
    tags = f"X-SES-MESSAGE-TAGS: {MAIL_TAG}={mail.mail_id}\r\n"
    under = f"X-SES-CONFIGURATION-SET: {SENDING.physical_name}\r\n"
    return (tags + under).encode("ascii") + mail.raw


def _dotted(message: bytes) -> bytes:
    """RFC 5321: a line that begins with a dot gets another, and a lone one ends the message."""
    return message.replace(b"\r\n.", b"\r\n..") + b".\r\n"
