"""Queues of messages that no other test uses, on each kind of broker."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import redis
from django.conf import settings
from kombu import Connection, Queue

from aws.messaging import queue_url
from aws.sessions import client
from kernel.ids import random_id
from txhub.realtime.broker import dead_letters_of
from txhub.tests.realtime.samples import as_json


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQueue:
    """`send` takes messages, or texts that are none."""

    url: str
    name: str
    send: Callable[[Iterable[dict[str, Any] | str]], None]
    waiting: Callable[[], int]  # those that are held too
    held: Callable[[], int]  # by a listener, and not acknowledged


def sqs_queue(*, visibility_s: int = 30) -> MessageQueue:
    name = random_id("msg")
    sqs = client("sqs")
    for each in (name, dead_letters_of(name)):
        sqs.create_queue(QueueName=each, Attributes={"VisibilityTimeout": str(visibility_s)})
    address = queue_url(name)

    def send(messages: Iterable[dict[str, Any] | str]) -> None:
        entries = [
            {"Id": str(n), "MessageBody": _text(message)} for n, message in enumerate(messages)
        ]
        for start in range(0, len(entries), 10):
            sqs.send_message_batch(QueueUrl=address, Entries=entries[start : start + 10])

    def number(*states: str) -> int:
        names = [f"ApproximateNumberOfMessages{state}" for state in states]
        answer = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=names)
        return sum(int(answer["Attributes"][each]) for each in names)

    return MessageQueue(
        url="sqs://",
        name=name,
        send=send,
        waiting=lambda: number("", "NotVisible"),
        held=lambda: number("NotVisible"),
    )


def redis_queue() -> MessageQueue:
    name, url = random_id("msg"), settings.CELERY_BROKER_URL
    server = redis.Redis.from_url(url)

    def held() -> int:
        return int(server.hlen(f"{name}-unacked"))

    return MessageQueue(
        url=url,
        name=name,
        send=partial(_publish, url, name),
        waiting=lambda: int(server.llen(name)) + held(),
        held=held,
    )


def amqp_queue() -> MessageQueue:
    """On the broker that `TEST_AMQP_URL` names. It does not tell how many messages are held."""
    name, url = random_id("msg"), os.environ["TEST_AMQP_URL"]
    with Connection(url) as connection:
        Queue(name, channel=connection.default_channel).declare()

    def ready() -> int:
        with Connection(url) as connection:
            channel: Any = connection.default_channel
            return int(channel.queue_declare(name, passive=True).message_count)

    return MessageQueue(
        url=url, name=name, send=partial(_publish, url, name), waiting=ready, held=lambda: 0
    )


BROKERS = [
    sqs_queue,
    redis_queue,
    pytest.param(
        amqp_queue,
        marks=pytest.mark.skipif("TEST_AMQP_URL" not in os.environ, reason="needs TEST_AMQP_URL"),
    ),
]


def until(condition: Callable[[], bool], *, seconds_max: float = 20) -> None:
    deadline = time.monotonic() + seconds_max
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def _publish(url: str, queue: str, messages: Iterable[dict[str, Any] | str]) -> None:
    with Connection(url) as connection:
        producer = connection.Producer()
        for message in messages:
            producer.publish(
                _text(message),
                routing_key=queue,
                content_type="application/json",
                content_encoding="utf-8",
            )


def _text(message: dict[str, Any] | str) -> str:
    return message if isinstance(message, str) else as_json(message).decode()
