"""Messages as they travel: what the standard library reads is what was written, and nothing that a
customer has written becomes a header, a part, or markup."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.mail.domain.mime import HeaderInjection, Message, as_bytes
from kernel.ids import random_id

HOSTILE = [
    "Alice\r\nBcc: everybody@bank.example",
    "Alice\nX-Evil: 1",
    "a\r\n\r\n<script>",
    "x\x00y",
    "line\u2028separator",
    "\u202egnitseretni",
]

_CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"])


def a_message(**facts: object) -> Message:
    values = {
        "mail_id": random_id("mail"),
        "domain": "bank.example",
        "sender": "post@bank.example",
        "sender_name": "TxHub Bank",
        "to": "alice@bank.example",
        "subject": "Your statement is ready",
        "text": "Hello\n",
        "html": "<p>Hello</p>\n",
        "date": datetime(2026, 7, 1, 6, 0, tzinfo=UTC),
        **facts,
    }
    return Message(**values)  # type: ignore[arg-type]


def read(message: Message) -> EmailMessage:
    return message_from_bytes(as_bytes(message), policy=policy.default)


def bodies(message: EmailMessage) -> list[str]:
    return [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()]


class TestAMessage:
    def test_says_what_it_was_given(self) -> None:
        message = a_message(text="Grüße, Ærøskøbing\n.\nend\n", html="<p>€ 5 = fünf</p>\n")
        parsed = read(message)
        assert bodies(parsed) == [message.text, message.html]
        assert [part.get_content_type() for part in parsed.iter_parts()] == [
            "text/plain",
            "text/html",
        ]
        assert (parsed["To"], parsed["Subject"]) == (message.to, message.subject)
        assert parsed["From"] == "TxHub Bank <post@bank.example>"
        assert parsed["Message-ID"] == f"<{message.mail_id}@bank.example>"

    @settings(max_examples=60, deadline=None)
    @given(
        text=st.text(st.characters(exclude_categories=["Cs", "Cc"])), subject=st.text("aé€ x=?_")
    )
    def test_carries_any_text(self, text: str, subject: str) -> None:
        parsed = read(a_message(text=text + "\n", subject=f"S {subject}".strip()))
        assert bodies(parsed)[0] == text + "\n"
        assert str(parsed["Subject"]).split() == f"S {subject}".split()
        assert parsed.defects == []

    def test_is_ascii_in_short_lines(self) -> None:
        raw = as_bytes(a_message(text="Straße " * 80, subject="Ä" * 90))
        assert max(map(len, raw.decode("ascii").split("\r\n"))) <= 78
        assert b"\n" not in raw.replace(b"\r\n", b"")

    def test_offers_one_click_where_it_can_be_turned_off(self) -> None:
        link = "https://bank.example/mail/unsubscribe/abc/"
        parsed = read(a_message(unsubscribe=link))
        assert parsed["List-Unsubscribe"] == f"<{link}>"
        assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert read(a_message())["List-Unsubscribe"] is None


class TestInjection:
    @pytest.mark.parametrize("hostile", HOSTILE)
    @pytest.mark.parametrize("header", ["subject", "to", "sender_name", "unsubscribe"])
    def test_into_headers_is_refused(self, header: str, hostile: str) -> None:
        with pytest.raises(HeaderInjection):
            as_bytes(a_message(**{header: hostile}))

    def test_of_an_encoded_word_is_no_way_around(self) -> None:
        with pytest.raises(HeaderInjection):
            as_bytes(a_message(subject="=?utf-8?q?a?=\r\nBcc: x@bank.example"))

    def test_of_a_part_does_not_end_the_message(self) -> None:
        message = a_message()
        hostile = f"\n--=_{message.mail_id}\nContent-Type: text/html\n\n<b>evil</b>\n"
        parsed = read(a_message(mail_id=message.mail_id, text=hostile))
        assert bodies(parsed) == [hostile, message.html]
