"""A message as it travels: MIME with a text and an HTML body.

Written by hand, since the standard library's takes ten times as long; a test holds the two
together. No header can be smuggled in: a value with a control character is refused.
"""

from base64 import b64encode
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

_LINE_MAX = 78
_WORD_BYTES = 42  # 68 characters of an encoded word: `Subject: ` fits before it


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
    lines = [
        *_headers(message, boundary),
        "",
        f"--{boundary}",
        *_part("plain", message.text),
        f"--{boundary}",
        *_part("html", message.html),
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def _headers(message: Message, boundary: str) -> list[str]:
    mail_id, domain = _plain(message.mail_id), _plain(message.domain)
    headers = [
        f"From: {_phrase(message.sender_name)} <{_plain(message.sender)}>",
        f"To: {_plain(message.to)}",
        f"Subject: {_words(message.subject)}",
        f"Date: {format_datetime(message.date)}",
        f"Message-ID: <{mail_id}@{domain}>",
        "Auto-Submitted: auto-generated",
    ]
    if message.unsubscribe:
        headers += [
            f"List-Unsubscribe: <{_plain(message.unsubscribe)}>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ]
    return [
        *headers,
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
    ]


def _plain(value: str) -> str:
    """A value of ASCII that stands as it is."""
    if not (value.isascii() and value.isprintable()):
        raise HeaderInjection
    return value


def _words(text: str) -> str:
    """Text in a header: encoded where it is not ASCII, or too long for a line."""
    if not text.isprintable():
        raise HeaderInjection
    is_simple = text.isascii() and len(text) <= _LINE_MAX - len("Subject: ") and "=?" not in text
    return text if is_simple else _encoded(text)


def _phrase(name: str) -> str:
    """A display name: quoted where it is ASCII, else encoded."""
    if not name.isascii():
        return _words(name)
    return '"' + _plain(name).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _encoded(text: str) -> str:
    """RFC 2047's encoded words, one a line; no character is cut in two."""
    words = [""]
    for character in text:
        if len((words[-1] + character).encode()) > _WORD_BYTES:
            words.append("")
        words[-1] += character
    encoded = (b64encode(word.encode()).decode() for word in words)
    return "\r\n ".join(f"=?utf-8?b?{each}?=" for each in encoded)


def _part(subtype: str, body: str) -> list[str]:
    encoded = b2a_qp(body.replace("\r", "").encode(), istext=True).decode("ascii")
    return [
        f"Content-Type: text/{subtype}; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        encoded.replace("\n", "\r\n"),
    ]
