import json
import time
from typing import Any

import pytest
import structlog

from aws import messaging, storage
from aws.messaging import Message, NotAnObjectEvent, ObjectEvent, object_events
from aws.resources import Queue
from aws.sessions import client
from aws.tests.conftest import BadAws
from aws.tests.declared import BUCKET, HEARD, TOPIC, WORK
from kernel.errors import Missing, Unavailable
from kernel.ids import random_id


def _receive_until(
    queue: Queue, wanted: str, *, seconds_max: float = 10, dead_letters: bool = False
) -> Message:
    """The message that holds `wanted`; others, which are other tests', stay where they are."""
    until = time.monotonic() + seconds_max
    while time.monotonic() < until:
        found = messaging.receive(queue, wait_s=1, dead_letters=dead_letters)
        for message in found:
            if wanted in message.raw:
                return message
    raise AssertionError("the message did not come")


def _message(body: dict[str, Any]) -> Message:
    return Message(id="m1", receipt="r1", attempts=1, body=body, raw=json.dumps(body))


@pytest.fixture
def mark() -> str:
    return random_id("try")


class TestQueue:
    def test_gives_what_was_sent(self, mark: str) -> None:
        sent = messaging.send(WORK, {"mark": mark, "amount": 12})
        message = _receive_until(WORK, mark)
        messaging.delete(WORK, message)
        assert message.id == sent
        assert (message.body, message.attempts) == ({"mark": mark, "amount": 12}, 1)
        assert message.poison is None

    def test_carries_the_ids_of_the_work(self, mark: str) -> None:
        with structlog.contextvars.bound_contextvars(request_id="req-1", user_id="secret"):
            messaging.send(WORK, {"mark": mark}, attributes={"kind": "try"})
        message = _receive_until(WORK, mark)
        messaging.delete(WORK, message)
        assert message.trace == {"request_id": "req-1"}
        assert message.attributes == {"request_id": "req-1", "kind": "try"}

    def test_gives_an_undeleted_message_again_and_then_to_the_dead(self, mark: str) -> None:
        messaging.send(WORK, {"mark": mark})
        assert _receive_until(WORK, mark).attempts == 1
        assert _receive_until(WORK, mark).attempts == 2
        time.sleep(WORK.visibility_s + 0.1)
        messaging.receive(WORK, wait_s=0)
        dead = _receive_until(WORK, mark, dead_letters=True)
        messaging.delete(WORK, dead, dead_letters=True)
        assert dead.body == {"mark": mark}

    def test_hides_a_message_for_longer_where_told_so(self, mark: str) -> None:
        messaging.send(WORK, {"mark": mark})
        message = _receive_until(WORK, mark)
        messaging.extend(WORK, message, 60)
        time.sleep(WORK.visibility_s + 0.2)
        assert [m for m in messaging.receive(WORK, wait_s=0) if mark in m.raw] == []
        messaging.extend(WORK, message, 0)
        again = _receive_until(WORK, mark)
        messaging.delete(WORK, again)
        assert again.attempts == 2

    @pytest.mark.parametrize("text", ["{cut off", "[1, 2]", '"text"', "null", "NaN"])
    def test_shows_poison_as_a_value(self, mark: str, text: str) -> None:
        client("sqs").send_message(
            QueueUrl=messaging.queue_url(WORK.physical_name), MessageBody=f"{text} {mark}"
        )
        message = _receive_until(WORK, mark)
        assert message.body == {}
        assert message.poison is not None
        assert mark not in message.poison
        messaging.dead_letter(WORK, message, message.poison)
        dead = _receive_until(WORK, mark, dead_letters=True)
        messaging.delete(WORK, dead, dead_letters=True)
        assert (dead.raw, dead.attributes["reason"]) == (f"{text} {mark}", message.poison)

    def test_is_missing_before_it_is_provisioned(self) -> None:
        with pytest.raises(Missing):
            messaging.queue_url(random_id("try"))

    def test_is_unavailable_when_sqs_is(self, bad_aws: BadAws) -> None:
        bad_aws((503, b""))
        with pytest.raises(Unavailable):
            messaging.send(WORK, {})


class TestTopic:
    def test_reaches_its_subscribers(self, mark: str) -> None:
        messaging.publish(TOPIC, {"mark": mark})
        message = _receive_until(HEARD, mark)
        messaging.delete(HEARD, message)
        assert messaging.unwrapped(message) == {"mark": mark}


class TestObjectEvents:
    def test_come_from_a_write_to_the_bucket(self, mark: str) -> None:
        key = f"{mark}/a file+1%é.csv"
        version = storage.put_stream(BUCKET, key, [b"12345"])
        message = _receive_until(HEARD, mark)
        messaging.delete(HEARD, message)
        written = ObjectEvent(bucket=BUCKET.physical_name, key=key, version=version, size=5)
        assert object_events(message) == [written]

    def test_may_be_several_with_and_without_an_envelope(self) -> None:
        records = [
            {"s3": {"bucket": {"name": "b"}, "object": {"key": key, "size": 1}}}
            for key in ("one+1", "two%2B2")
        ]
        expected = [
            ObjectEvent(bucket="b", key="one 1", version=None, size=1),
            ObjectEvent(bucket="b", key="two+2", version=None, size=1),
        ]
        envelope = {"Type": "Notification", "Message": json.dumps({"Records": records})}
        assert object_events(_message({"Records": records})) == expected
        assert object_events(_message(envelope)) == expected

    def test_are_none_in_the_test_event(self) -> None:
        event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}
        envelope = {"Type": "Notification", "Message": json.dumps(event)}
        assert object_events(_message(event)) == object_events(_message(envelope)) == []

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"Records": None},
            {"Records": [{}]},
            {"Records": [{"s3": {"bucket": {}, "object": {}}}]},
            {"Records": [{"s3": "text"}]},
            {"Type": "Notification", "Message": "{cut off"},
            {"Type": "Notification", "Message": "[]"},
            {"Type": "Notification", "Message": 5},
        ],
    )
    def test_are_refused_in_anything_else(self, body: dict[str, Any]) -> None:
        with pytest.raises(NotAnObjectEvent):
            object_events(_message(body))
