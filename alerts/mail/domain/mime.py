"""A message as it travels: MIME with a text and an HTML body.

Written by hand, since the standard library's takes ten times as long; a test holds the two
together. No header can be smuggled in: a value with a control character is refused.
"""

from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

_WIDTH = 76


class HeaderInjection(ValueError):
    """A header's value has a line break or another control character in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`mail_id` is ours: it names the message, and comes back with every event of it.
    `unsubscribe`: the address that a click of the mail program posts to (RFC 8058)."""

    mail_id: str
    domain: str
    sender: str
    sender_name: str
    to: str
    subject: str
    text: str
    html: str
    date: datetime
    unsubscribe: str | None = None


def as_bytes(message: Message) -> bytes:
    """Pure ASCII with CRLF, no line over 78 characters but for addresses. Raises
    `HeaderInjection`."""
    # An "=" in a quoted-printable body is never followed by "_": no body can end a part.
    boundary = f"=_{message.mail_id}"
    lines = [f"{name}: {_value(name, value)}" for name, value in _headers(message, boundary)]
    parts = [
        "",
        f"--{boundary}",
        *_part("plain", message.text),
        f"--{boundary}",
        *_part("html", message.html),
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines + parts).encode("ascii")


def _headers(message: Message, boundary: str) -> list[tuple[str, str]]:
    headers = [
        ("From", f"{_phrase(message.sender_name)} <{message.sender}>"),
        ("To", message.to),
        ("Subject", message.subject),
        ("Date", format_datetime(message.date)),
        ("Message-ID", f"<{message.mail_id}@{message.domain}>"),
        ("Auto-Submitted", "auto-generated"),
    ]
    if message.unsubscribe:
        headers += [
            ("List-Unsubscribe", f"<{message.unsubscribe}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
    return [
        *headers,
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]


def _phrase(name: str) -> str:
    """A display name: quoted where it is ASCII, else an encoded word."""
    if not name.isascii():
        return _encoded(name)
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _value(name: str, value: str) -> str:
    if not value.isprintable() and not value.startswith("=?"):
        raise HeaderInjection(name)
    return value if value.isascii() else _encoded(value)


def _encoded(text: str) -> str:
    if not text.isprintable():
        raise HeaderInjection("a name or subject")
    return Header(text, "utf-8", maxlinelen=_WIDTH).encode(linesep="\r\n")


def _part(subtype: str, body: str) -> list[str]:
    encoded = b2a_qp(body.replace("\n", "\r\n").encode(), istext=True).decode("ascii")
    return [
        f"Content-Type: text/{subtype}; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        encoded,
    ]
