"""SNS topics and SQS queues: JSON bodies in, typed messages out.

SQS delivers at least once and in no order: whoever handles a message must be safe to repeat it.
A message that is not deleted comes again after the queue's visibility time, and after
`dead_letters_after` receipts goes to the dead letters. All functions raise `Unavailable` when the
service throttles or does not answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

import orjson
import structlog

from aws.arns import topic_arn
from aws.errors import translated
from aws.resources import Queue, Topic
from aws.sessions import client
from kernel.errors import Refused

# What a log line is found by: carried with every message, where the sender has bound them.
TRACE_IDS = ("request_id", "job", "step", "checkout")
_REASON = "reason"
_SUBJECT_CHARACTERS_MAX = 100  # SNS's own limit


class NotAnObjectEvent(Refused):
    """This message is neither an S3 event nor SNS's envelope around one."""

    code = "not_an_object_event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One receipt of a message.

    `attempts`: how often it has been received, this time included. `poison` says why the body is
    no JSON object (then `body` is empty): give it to `dead_letter`, it will never get better.
    """

    id: str
    receipt: str = field(repr=False)
    attempts: int
    body: dict[str, Any] = field(repr=False)
    attributes: Mapping[str, str] = field(default_factory=dict)
    poison: str | None = None
    raw: str = field(default="", repr=False)

    @property
    def trace(self) -> dict[str, str]:
        """The ids of the work that sent it, for `structlog.contextvars.bound_contextvars`."""
        return {name: self.attributes[name] for name in TRACE_IDS if name in self.attributes}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectEvent:
    """An object has been written. `bucket` is the physical name; `version` None if unversioned."""

    bucket: str
    key: str
    version: str | None
    size: int


def publish(
    topic: Topic, body: Mapping[str, Any], *, attributes: Mapping[str, str] | None = None
) -> str:
    """Publishes to every subscriber; returns the message id. `attributes` can be filtered on."""
    return _publish(topic, attributes, Message=orjson.dumps(body).decode())


def publish_to_people(
    topic: Topic, body: Mapping[str, Any], *, subject: str, text: str, sms: str
) -> str:
    """The same, but who subscribes by e-mail gets `subject` and `text`, and a telephone `sms`."""
    by_protocol = {"default": orjson.dumps(body).decode(), "email": text, "sms": sms}
    return _publish(
        topic,
        None,
        Message=orjson.dumps(by_protocol).decode(),
        MessageStructure="json",
        Subject=subject[:_SUBJECT_CHARACTERS_MAX],
    )


def subscribe_by_email(topic: Topic, address: str) -> bool:
    """Whether it is new. SNS asks whoever reads there to confirm it."""
    arn = topic_arn(topic)
    with translated():
        pages = client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
        known = {each["Endpoint"] for page in pages for each in page["Subscriptions"]}
        if address in known:
            return False
        client("sns").subscribe(TopicArn=arn, Protocol="email", Endpoint=address)
    return True


def _publish(topic: Topic, attributes: Mapping[str, str] | None, **message: str) -> str:
    with translated():
        answer = client("sns").publish(
            TopicArn=topic_arn(topic),
            MessageAttributes=_wire_attributes({**_trace_ids(), **(attributes or {})}),
            **message,
        )
    return str(answer["MessageId"])


def send(
    queue: Queue,
    body: Mapping[str, Any],
    *,
    attributes: Mapping[str, str] | None = None,
    delay_s: int = 0,
) -> str:
    """Sends to one queue; returns the message id. It can be received after `delay_s` (0 to 900)."""
    with translated():
        answer = client("sqs").send_message(
            QueueUrl=queue_url(queue.physical_name),
            MessageBody=orjson.dumps(body).decode(),
            MessageAttributes=_wire_attributes({**_trace_ids(), **(attributes or {})}),
            DelaySeconds=delay_s,
        )
    return str(answer["MessageId"])


def receive(
    queue: Queue, *, max: int = 10, wait_s: int = 20, dead_letters: bool = False
) -> list[Message]:
    """Up to `max` (1 to 10) messages; waits up to `wait_s` seconds (0 to 20) for the first.

    `dead_letters`: those of the queue's dead-letter queue.
    """
    with translated():
        answer = client("sqs").receive_message(
            QueueUrl=_url(queue, dead_letters=dead_letters),
            MaxNumberOfMessages=max,
            WaitTimeSeconds=wait_s,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
            MessageAttributeNames=["All"],
        )
    return [_message(wire) for wire in answer.get("Messages", ())]


def delete(queue: Queue, message: Message, *, dead_letters: bool = False) -> None:
    """The message is done with. Deleting it twice is no error."""
    with translated():
        client("sqs").delete_message(
            QueueUrl=_url(queue, dead_letters=dead_letters), ReceiptHandle=message.receipt
        )


def extend(queue: Queue, message: Message, seconds: int) -> None:
    """Keeps the message hidden for `seconds` from now; 0 gives it back at once."""
    with translated():
        client("sqs").change_message_visibility(
            QueueUrl=_url(queue), ReceiptHandle=message.receipt, VisibilityTimeout=seconds
        )


def dead_letter(queue: Queue, message: Message, reason: str) -> None:
    """Moves the message, as it came, to the dead letters with `reason` as its attribute.

    It is sent before it is deleted: a crash between the two leaves it twice, never not at all.
    """
    with translated():
        client("sqs").send_message(
            QueueUrl=_url(queue, dead_letters=True),
            MessageBody=message.raw,
            MessageAttributes=_wire_attributes({**message.attributes, _REASON: reason}),
        )
    delete(queue, message)


def object_events(message: Message) -> list[ObjectEvent]:
    """The objects that an S3 event names, in SNS's envelope or without; none for S3's test event.

    Raises `NotAnObjectEvent` for anything else.
    """
    event = unwrapped(message)
    if event.get("Event") == "s3:TestEvent":
        return []
    try:
        return [_object_event(record["s3"]) for record in event["Records"]]
    except (KeyError, TypeError, ValueError) as error:
        raise NotAnObjectEvent from error


def unwrapped(message: Message) -> dict[str, Any]:
    """The body as it was published, without SNS's envelope where there is one."""
    if message.body.get("Type") != "Notification" or "Message" not in message.body:
        return message.body
    body, poison = _parsed(message.body["Message"])
    if poison:
        raise NotAnObjectEvent(poison)
    return body


def queue_url(name: str) -> str:
    """The address of a queue, by its physical name; asked for once in a process."""
    sqs = client("sqs")
    known = (sqs.meta.endpoint_url, name)
    if known not in _urls:
        with translated():
            _urls[known] = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    return _urls[known]


_urls: dict[tuple[str, str], str] = {}


def _url(queue: Queue, *, dead_letters: bool = False) -> str:
    return queue_url(queue.dead_letter_name if dead_letters else queue.physical_name)


def _message(wire: dict[str, Any]) -> Message:
    body, poison = _parsed(wire["Body"])
    return Message(
        id=wire["MessageId"],
        receipt=wire["ReceiptHandle"],
        attempts=int(wire.get("Attributes", {}).get("ApproximateReceiveCount", 1)),
        body=body,
        attributes={
            name: value["StringValue"]
            for name, value in wire.get("MessageAttributes", {}).items()
            if "StringValue" in value
        },
        poison=poison,
        raw=wire["Body"],
    )


def _parsed(text: Any) -> tuple[dict[str, Any], str | None]:
    """The JSON object, or why there is none. The text itself is quoted nowhere."""
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}, "the body is not JSON"
    if not isinstance(body, dict):
        return {}, "the body is not a JSON object"
    return body, None


def _object_event(s3: dict[str, Any]) -> ObjectEvent:
    written = s3["object"]
    return ObjectEvent(
        bucket=s3["bucket"]["name"],
        key=unquote_plus(written["key"]),
        version=written.get("versionId"),
        size=int(written.get("size", 0)),
    )


def _wire_attributes(attributes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {
        name: {"DataType": "String", "StringValue": value}
        for name, value in attributes.items()
        if value
    }


def _trace_ids() -> dict[str, str]:
    bound = structlog.contextvars.get_contextvars()
    return {name: str(bound[name]) for name in TRACE_IDS if bound.get(name)}
