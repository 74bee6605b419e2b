"""While DynamoDB is over its limits, messages wait; none is lost, and none is a dead letter."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from aws import sessions
from aws.tests.throttling import Limits, limits_before
from kernel.clock import utc_now
from txhub.realtime import conf
from txhub.realtime.listener import listen
from txhub.realtime.metrics import LISTENER_WAITS
from txhub.realtime.redrive import held_letters
from txhub.tests.realtime.queues import MessageQueue, redis_queue, sqs_queue, until
from txhub.tests.realtime.samples import a_message, bank_account, stored_of


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[Limits]:
    with limits_before(os.environ["AWS_ENDPOINT_URL"]) as limits:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", limits.url)
        sessions.reset_clients()
        yield limits
    monkeypatch.undo()
    sessions.reset_clients()


@contextmanager
def listening(queue: MessageQueue) -> Iterator[threading.Thread]:
    """A listener in a thread; at the end it is asked to stop, and does."""
    stop = threading.Event()
    thread = threading.Thread(
        target=listen,
        args=(queue.url, queue.name),
        kwargs={"stopping": stop.is_set, "clock": utc_now},
        daemon=True,
    )
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(timeout=15)
        assert not thread.is_alive()


def waits() -> float:
    return sum(sample.value for sample in LISTENER_WAITS.samples())


class TestOverTheLimits:
    def test_messages_wait_and_are_stored_afterwards(self, limits: Limits) -> None:
        queue, account = redis_queue(), bank_account()
        limits.over = True
        queue.send([a_message(account=account.number, minor=n) for n in range(1, 31)])
        before = waits()
        with listening(queue):
            until(lambda: waits() > before)
            assert stored_of(account) == []
            assert queue.waiting() == 30
            limits.over = False
            until(lambda: queue.waiting() == 0)
        assert len(stored_of(account)) == 30
        with held_letters(queue.url, queue.name) as held:
            assert held.letters() == []

    def test_a_stop_is_heard_and_nobody_else_is_given_the_messages_before(
        self, limits: Limits, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queue, account = sqs_queue(visibility_s=3), bank_account()
        monkeypatch.setattr(conf, "VISIBILITY_S", 30)
        limits.over = True
        queue.send([a_message(account=account.number)])
        before = waits()
        with listening(queue):
            until(lambda: waits() > before)
            time.sleep(3.5)
            assert queue.held() == 1, "hidden for longer than the queue would hide it"
        assert queue.held() == 0, "given back at once"
        limits.over = False
        with listening(queue):
            until(lambda: queue.waiting() == 0)
        assert len(stored_of(account)) == 1
