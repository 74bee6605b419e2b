"""Dead letters: sealed, with a reason in the clear, looked at and given to the intake again."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from identity import audit
from txhub.realtime.broker import Outbox, channel_to, dead_letters_of
from txhub.realtime.dead_letters import letter_in, sealed_letter
from txhub.realtime.intake import Poison
from txhub.tests.realtime.queues import BROKERS, MessageQueue
from txhub.tests.realtime.samples import (
    NOON,
    a_message,
    as_json,
    stored_of,
    unopened_account,
)

WHY = Poison(code="bad_amount", reason="minor: not whole minor units")


class TestADeadLetter:
    def test_opens_to_the_message_as_it_came(self) -> None:
        message = as_json(a_message())
        letter = letter_in(sealed_letter(message, WHY, at=NOON))
        assert (letter.message(), letter.why, letter.at) == (message, WHY, NOON)

    @pytest.mark.parametrize("message", [b"no message \xff", b"", b"[1]"])
    def test_may_hold_what_is_no_message(self, message: bytes) -> None:
        letter = letter_in(sealed_letter(message, WHY, at=NOON))
        assert letter.message() == message

    def test_shows_nothing_of_the_message_but_the_reason(self) -> None:
        message = a_message(message_id="order 4711 of Mr Smith")
        written = sealed_letter(as_json(message), WHY, at=NOON).decode()
        for value in (message["merchant"], message["account"], message["id"], "Smith"):
            assert value not in written

    def test_of_the_same_message_has_the_same_id(self) -> None:
        message = a_message()
        first = letter_in(sealed_letter(as_json(message), WHY, at=NOON))
        again = letter_in(sealed_letter(as_json({**message, "minor": 2}), WHY, at=NOON))
        other = letter_in(sealed_letter(as_json(a_message()), WHY, at=NOON))
        assert first.id == again.id != other.id

    def test_may_have_been_put_there_by_sqs(self) -> None:
        message = as_json(a_message())
        letter = letter_in(message)
        assert (letter.message(), letter.why.code) == (message, "never_answered")


@pytest.fixture(params=BROKERS)
def queue(request: pytest.FixtureRequest) -> MessageQueue:
    queue: MessageQueue = request.param()
    return queue


def bury(queue: MessageQueue, *letters: bytes) -> None:
    with channel_to(queue.url, dead_letters_of(queue.name)) as channel:
        outbox = Outbox(channel, dead_letters_of(queue.name))
        for letter in letters:
            outbox.put(letter)


def command(queue: MessageQueue, **options: Any) -> list[str]:
    out = StringIO()
    call_command("dead_messages", url=queue.url, queue=queue.name, stdout=out, **options)
    return out.getvalue().splitlines()


class TestAnOperator:
    def test_lists_dead_letters_as_often_as_they_like(self, queue: MessageQueue) -> None:
        letter = sealed_letter(as_json(a_message()), WHY, at=NOON)
        bury(queue, letter)
        expected = f"{letter_in(letter).id} 2026-05-04T12:00:00+00:00 {WHY.code} {WHY.reason}"
        assert command(queue) == command(queue) == [expected]

    def test_looks_at_one_and_is_audited(self, queue: MessageQueue) -> None:
        message = as_json(a_message())
        name = letter_in(sealed_letter(message, WHY, at=NOON)).id
        bury(queue, sealed_letter(message, WHY, at=NOON))
        assert command(queue, show=name) == [message.decode()]
        assert [each.action for each in audit.entries_about(f"message:{name}")] == [
            "dead_message.viewed"
        ]

    def test_has_them_stored_once_the_cause_is_gone(self, queue: MessageQueue) -> None:
        unopened = unopened_account()
        waiting, bad = a_message(account=unopened.number), a_message(minor=1.5)
        bury(queue, *(sealed_letter(as_json(each), WHY, at=NOON) for each in (waiting, bad)))
        with pytest.raises(CommandError, match="2 could still not be stored"):
            command(queue, redrive=True)
        unopened.open()
        with pytest.raises(CommandError, match="1 could still not be stored"):
            command(queue, redrive=True)
        assert len(stored_of(unopened)) == 1
        assert len(command(queue)) == 1
