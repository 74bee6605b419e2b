"""The listener on real queues: everything is stored once, and nothing is lost."""

import time
from collections.abc import Callable

import pytest

from aws import messaging
from aws.vault import destruction, vault
from embedded.processes import free_port
from kernel.clock import utc_now
from txhub.realtime import conf
from txhub.realtime.broker import BrokerAway, channel_to
from txhub.realtime.listener import listen
from txhub.realtime.metrics import MESSAGES as MESSAGES_ANSWERED
from txhub.realtime.redrive import held_letters
from txhub.repository.sealing import subject_of
from txhub.resources import MESSAGE_QUEUE, MESSAGES
from txhub.tests.realtime.processes import start_listener
from txhub.tests.realtime.queues import BROKERS, MessageQueue, redis_queue, sqs_queue, until
from txhub.tests.realtime.samples import a_message, bank_account, stored_of

on_each_broker = pytest.mark.parametrize("new_queue", BROKERS)
NewQueue = Callable[[], MessageQueue]


def listen_to(queue: MessageQueue, messages: int, *, seconds_max: float = 20) -> None:
    """Until so many are answered."""
    deadline, before = time.monotonic() + seconds_max, answered()

    def stopping() -> bool:
        assert time.monotonic() < deadline, f"{answered() - before} answered, {messages} expected"
        return answered() - before >= messages

    listen(queue.url, queue.name, stopping=stopping, clock=utc_now)


def answered() -> float:
    return sum(sample.value for sample in MESSAGES_ANSWERED.samples())


@on_each_broker
class TestAMessage:
    def test_is_stored_and_acknowledged(self, new_queue: NewQueue) -> None:
        queue, account = new_queue(), bank_account()
        queue.send([a_message(account=account.number, minor=n) for n in range(1, 26)])
        listen_to(queue, 25)
        assert sorted(each.amount.minor for each in stored_of(account)) == list(range(-25, 0))

    def test_that_is_bad_becomes_a_dead_letter_and_the_others_are_stored(
        self, new_queue: NewQueue
    ) -> None:
        queue, account = new_queue(), bank_account()
        good = a_message(account=account.number)
        unknown = a_message(account="00000000")
        queue.send([good, a_message(minor=12.5), unknown, "no message"])
        listen_to(queue, 4)
        assert len(stored_of(account)) == 1
        with held_letters(queue.url, queue.name) as held:
            codes = sorted(letter.why.code for letter in held.letters())
        assert codes == ["account_not_found", "bad_value", "not_a_message"]

    def test_to_an_account_whose_keys_are_destroyed_keeps_no_other_one(
        self, new_queue: NewQueue
    ) -> None:
        queue, forgotten, other = new_queue(), bank_account(), bank_account()
        destruction.destroy(vault(), subject_of(forgotten.account_id), now=utc_now())
        queue.send([a_message(account=each.number) for each in (other, forgotten, other)])
        listen_to(queue, 3)
        assert len(stored_of(other)) == 2
        with held_letters(queue.url, queue.name) as held:
            assert [letter.why.code for letter in held.letters()] == ["key_destroyed"]


class TestATopic:
    def test_brings_messages_to_the_declared_queue(self) -> None:
        account = bank_account()
        messaging.publish(MESSAGES, a_message(account=account.number))
        deadline = time.monotonic() + 20
        listen(
            "sqs://",
            MESSAGE_QUEUE.physical_name,
            stopping=lambda: bool(stored_of(account)) or time.monotonic() > deadline,
            clock=utc_now,
        )
        assert len(stored_of(account)) == 1


class TestAListener:
    def test_finishes_what_it_has_in_hand_when_it_is_told_to_stop(self) -> None:
        queue, account = sqs_queue(), bank_account()
        queue.send([a_message(account=account.number) for _ in range(400)])
        listener = start_listener(queue, TXHUB_MESSAGES_BATCH_MAX="10")
        try:
            until(lambda: queue.waiting() < 380)
            assert listener.stop() == 0
        finally:
            listener.kill()
        assert 0 < queue.waiting() == 400 - len(stored_of(account))
        assert queue.held() == 0

    def test_pauses_where_nothing_but_dead_letters_comes_of_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(conf, "DEAD_IN_A_ROW_MAX", 5)
        monkeypatch.setattr(conf, "BATCH_MAX", 5)
        queue = redis_queue()
        queue.send(["no message"] * 12)
        until_s = time.monotonic() + 6
        listen(queue.url, queue.name, stopping=lambda: time.monotonic() > until_s, clock=utc_now)
        assert queue.waiting() == 7

    @pytest.mark.parametrize("scheme", ["redis", "amqp"])
    def test_waits_for_a_broker_that_is_away(self, scheme: str) -> None:
        url = f"{scheme}://127.0.0.1:{free_port()}//"
        with pytest.raises(BrokerAway), channel_to(url, "x", "x-dead"):
            pass
        until_s = time.monotonic() + 1
        listen(url, "x", stopping=lambda: time.monotonic() > until_s, clock=utc_now)
