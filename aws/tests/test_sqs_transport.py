"""kombu on our own client: bodies as they were sent, acknowledged together, hidden on request."""

import json
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from kombu import Connection, Consumer, Queue
from kombu.message import Message

from aws import sqs_transport
from aws.messaging import queue_url
from aws.sessions import client
from aws.sqs_transport import sent_body
from kernel.errors import Missing
from kernel.ids import random_id

VISIBILITY_S = 3


@pytest.fixture
def queue() -> str:
    name = random_id("try")
    client("sqs").create_queue(QueueName=name, Attributes={"VisibilityTimeout": str(VISIBILITY_S)})
    return name


@contextmanager
def connected(queue: str) -> Iterator[Connection]:
    options = sqs_transport.options(queue)
    with Connection(
        "sqs://", transport=sqs_transport.Transport, transport_options=options
    ) as connection:
        yield connection


def send(queue: str, *bodies: str) -> None:
    for body in bodies:
        client("sqs").send_message(QueueUrl=queue_url(queue), MessageBody=body)


def received(connection: Connection, queue: str) -> list[Message]:
    """All that is there, with a prefetch of 25."""
    found: list[Message] = []
    with Consumer(
        connection.default_channel,
        [Queue(queue, no_declare=True)],
        on_message=found.append,
        prefetch_count=25,
    ):
        while True:
            before = len(found)
            try:
                connection.drain_events(timeout=1)
            except TimeoutError:
                return found
            if len(found) == before:
                return found


def left(queue: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = client("sqs").get_queue_attributes(QueueUrl=queue_url(queue), AttributeNames=names)
    return sum(int(answer["Attributes"][name]) for name in names)


class TestABody:
    @pytest.mark.parametrize(
        "body",
        [
            '{"amount": 12}',
            "no JSON",
            "[1]",
            "dGV4dA==",
            '{"Type": "Notification"}',
            '{"properties": 7, "body": 7}',
            '{"properties": {"body_encoding": "x"}, "body": "not base64!"}',
        ],
    )
    def test_is_what_was_sent(self, body: str) -> None:
        assert sent_body(body) == body.encode()

    def test_is_taken_out_of_the_envelope_of_a_topic(self) -> None:
        assert sent_body(json.dumps({"Type": "Notification", "Message": "inner"})) == b"inner"

    @pytest.mark.parametrize("again", [False, True])
    def test_is_taken_out_of_the_envelope_of_kombu(self, again: bool) -> None:
        body = json.dumps({"body": b64encode(b"inner").decode(), "properties": {}})
        sent = b64encode(body.encode()).decode() if again else body
        assert sent_body(sent) == b"inner"


class TestAQueue:
    def test_gives_its_messages_and_forgets_the_acknowledged_ones(self, queue: str) -> None:
        send(queue, *(f'{{"n": {n}}}' for n in range(12)))
        with connected(queue) as connection:
            messages = received(connection, queue)
            assert {json.loads(each.body or "")["n"] for each in messages} == set(range(12))
            for message in messages:
                message.ack()
            assert left(queue) == 2, "the last ones go with the next question, or the end"
        assert left(queue) == 0

    def test_takes_what_kombu_publishes(self, queue: str) -> None:
        with connected(queue) as connection:
            connection.Producer().publish({"n": 1}, routing_key=queue)
            (message,) = received(connection, queue)
            assert json.loads(message.body or "") == {"n": 1}

    def test_gives_an_unacknowledged_message_again(self, queue: str) -> None:
        send(queue, "x")
        with connected(queue) as connection:
            assert len(received(connection, queue)) == 1
            time.sleep(VISIBILITY_S)
            assert len(received(connection, queue)) == 1

    def test_keeps_a_message_hidden_for_as_long_as_it_is_told(self, queue: str) -> None:
        send(queue, "x")
        with connected(queue) as connection:
            (message,) = received(connection, queue)
            channel: Any = connection.default_channel
            channel.hide([message.delivery_tag], 30)
            time.sleep(VISIBILITY_S)
            assert received(connection, queue) == []
            message.requeue()
            assert len(received(connection, queue)) == 1

    def test_must_exist(self) -> None:
        with pytest.raises(Missing):
            sqs_transport.options(random_id("try"))
