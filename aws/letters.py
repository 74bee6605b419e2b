"""Dead letters in an operator's hands: those of every queue, and the records that streams gave up.

SQS has no "show me": to look is to receive, and what was received is given back at once. An act
receives again until the wanted letter comes, and gives the others back.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from aws.errors import translated
from aws.messaging import Message, delete, queue_url, receive
from aws.resources import Queue, declared
from aws.sessions import client
from aws.streams.dead_letters import DEAD_LETTERS
from kernel.errors import Missing

LOOKED_AT_MAX = 100
_ROUNDS_EMPTY_MAX = 2


class LetterMissing(Missing):
    """There is no such dead letter any more, or somebody else has it in hand at this moment."""

    code = "letter_missing"


class BoxMissing(Missing):
    """There is no such box of dead letters."""

    code = "box_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where dead letters lie: beside a queue, or the one of all streams (`is_streams`)."""

    queue: Queue

    @property
    def name(self) -> str:
        return self.queue.name

    @property
    def is_streams(self) -> bool:
        return self.queue is DEAD_LETTERS

    @property
    def address(self) -> str:
        is_beside = not self.is_streams
        name = self.queue.dead_letter_name if is_beside else self.queue.physical_name
        return queue_url(name)


def boxes() -> list[Box]:
    """All of them; the one of the streams first."""
    found = [Box(queue=queue) for queue in declared(Queue)]
    return sorted(found, key=lambda box: (not box.is_streams, box.name))


def box_named(name: str) -> Box:
    """Raises `BoxMissing`."""
    for box in boxes():
        if box.name == name:
            return box
    raise BoxMissing


def waiting(box: Box) -> int:
    """How many lie there, as SQS says approximately. Raises `Unavailable`, as all do."""
    attribute = "ApproximateNumberOfMessages"
    with translated():
        answer = client("sqs").get_queue_attributes(
            QueueUrl=box.address, AttributeNames=[attribute]
        )
    return int(answer["Attributes"][attribute])


def letters(box: Box) -> list[Message]:
    """Up to `LOOKED_AT_MAX` of them, in no order."""
    found = list(_received(box))
    _give_back(box, found)
    return found


def letter(box: Box, letter_id: str) -> Message:
    """One, held until SQS shows it again or it is given back. Raises `LetterMissing`."""
    others: list[Message] = []
    try:
        for message in _received(box):
            if message.id == letter_id:
                return message
            others.append(message)
    finally:
        _give_back(box, others)
    raise LetterMissing


def discard(box: Box, message: Message) -> None:
    """It is gone for good."""
    delete(box.queue, message, dead_letters=not box.is_streams)


def give_back(box: Box, message: Message) -> None:
    _give_back(box, [message])


def send_again(box: Box, message: Message) -> None:
    """Back to its queue as it came, and out of the box after that: a crash between leaves both."""
    attributes = {
        name: {"DataType": "String", "StringValue": value}
        for name, value in message.attributes.items()
        if name != "reason"
    }
    with translated():
        client("sqs").send_message(
            QueueUrl=queue_url(box.queue.physical_name),
            MessageBody=message.raw,
            MessageAttributes=attributes,
        )
    discard(box, message)


def _received(box: Box) -> Iterator[Message]:
    seen: set[str] = set()
    empty = 0
    while len(seen) < LOOKED_AT_MAX and empty < _ROUNDS_EMPTY_MAX:
        found = receive(box.queue, max=10, wait_s=0, dead_letters=not box.is_streams)
        fresh = [message for message in found if message.id not in seen]
        empty = 0 if fresh else empty + 1
        for message in fresh:
            seen.add(message.id)
            yield message


def _give_back(box: Box, messages: list[Message]) -> None:
    with translated():
        for message in messages:
            client("sqs").change_message_visibility(
                QueueUrl=box.address, ReceiptHandle=message.receipt, VisibilityTimeout=0
            )
