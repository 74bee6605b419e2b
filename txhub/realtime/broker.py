"""A queue of messages and its dead letters, through kombu: SQS, or AMQP and Redis by their URLs.

The queue is the sender's, or declared in `txhub/resources.py`: it is never created here.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from kombu import Connection, Consumer, Producer, Queue
from kombu.message import Message
from kombu.transport import virtual

from aws import sqs_transport
from kernel.errors import Unavailable
from txhub.realtime import conf

_PERSISTENT = 2  # AMQP's delivery mode


class BrokerAway(Unavailable):
    """The messages' broker does not answer. What was not acknowledged comes again."""

    code = "broker_away"


class Inbox:
    """What messages are taken from. They come again unless they are `done`."""

    def __init__(self, channel: Any, queue: str, *, held_max: int) -> None:
        """`held_max`: how many messages may be held at a time; 0 for any number."""
        self._channel = channel
        self._held_max = held_max
        self._held: list[Message] = []
        consumer = Consumer(
            channel,
            queues=[Queue(queue, no_declare=True)],
            on_message=self._held.append,
            on_decode_error=lambda message, _error: self._held.append(message),
            prefetch_count=held_max,
        )
        consumer.consume()

    def gather(self, *, wait_s: float) -> list[Message]:
        """The next messages: waits up to `wait_s` for the first, and a moment for others."""
        self._drain(wait_s)
        until = time.monotonic() + conf.GATHER_S
        while 0 < len(self._held) != self._held_max:
            left_s = until - time.monotonic()
            if left_s <= 0:
                break
            self._drain(left_s)
        gathered = self._held.copy()
        self._held.clear()
        return gathered

    def done(self, messages: Iterable[Message]) -> None:
        for message in messages:
            message.ack()

    def hide(self, messages: Iterable[Message], seconds: float) -> None:
        """Keeps messages from other listeners for so long. SQS wants to be told; AMQP keeps them
        while we are connected, and Redis gives them to two listeners at the worst."""
        if isinstance(self._channel, sqs_transport.Channel):
            self._channel.hide((str(each.delivery_tag) for each in messages), int(seconds))

    def give_back(self, messages: Iterable[Message]) -> None:
        """To whoever listens next."""
        for message in messages:
            message.requeue()

    def _drain(self, wait_s: float) -> None:
        with suppress(TimeoutError):
            self._channel.connection.client.drain_events(timeout=wait_s)


class Outbox:
    """Where dead letters are put."""

    def __init__(self, channel: Any, queue: str) -> None:
        self._queue = Queue(queue)
        self._producer = Producer(channel)

    def put(self, letter: bytes) -> None:
        """On AMQP the queue is made where it is missing, and the broker confirms the letter."""
        self._producer.publish(
            letter,
            routing_key=self._queue.name,
            declare=[self._queue],
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=_PERSISTENT,
        )


@contextmanager
def channel_to(url: str, *queues: str) -> Iterator[Any]:
    """A channel of a new connection that uses these queues. Within, `BrokerAway` is raised where
    the broker does not answer."""
    connection = _connection(url, queues)
    try:
        with connection:
            connection.connect()
            channel = connection.channel()
            if isinstance(channel, virtual.Channel):
                # Or kombu writes what it cannot give back to a file, in the clear.
                channel.do_restore = False
            yield channel
    except (*connection.connection_errors, *connection.channel_errors) as error:
        raise BrokerAway from error


def body_of(message: Message) -> bytes:
    """The content of a message, as bytes."""
    body = message.body or b""
    return body.encode() if isinstance(body, str) else bytes(body)


def dead_letters_of(queue: str) -> str:
    return f"{queue}-dead"


def _connection(url: str, queues: tuple[str, ...]) -> Connection:
    scheme = urlsplit(url).scheme
    if scheme == "sqs":
        options = sqs_transport.options(*queues)
        return Connection(url, transport=sqs_transport.Transport, transport_options=options)
    if scheme in ("redis", "rediss"):
        return Connection(url, transport_options=_redis_options(queues[0]))
    confirmed = {"confirm_publish": True} if scheme.startswith(("amqp", "pyamqp")) else {}
    return Connection(url, transport_options=confirmed)


def _redis_options(queue: str) -> dict[str, Any]:
    """Keys of our own: a Celery broker in the same Redis gives back what is not its own, and at
    its own times."""
    return {
        "visibility_timeout": conf.VISIBILITY_S,
        "unacked_key": f"{queue}-unacked",
        "unacked_index_key": f"{queue}-unacked-index",
        "unacked_mutex_key": f"{queue}-unacked-mutex",
    }
