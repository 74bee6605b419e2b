"""kombu's SQS transport over our own client, for messages that other systems send.

What differs from kombu's: every call goes where the standard AWS variables say, is measured, and
raises our own errors; acknowledgements are sent ten at a time; a wait is as long as it was asked
for; what is held can be kept hidden for longer; and a message's body is what its sender wrote,
whatever brought it. It needs no pycurl, since nothing runs in kombu's event loop.
"""

import base64
from collections.abc import Iterable
from typing import Any

import orjson
from kombu.transport import SQS

from aws.arns import region
from aws.errors import translated
from aws.messaging import queue_url
from aws.sessions import client

_BATCH_MAX = 10  # SQS's own limits
_WAIT_S_MAX = 20


def options(*queues: str) -> dict[str, Any]:
    """The `transport_options` of a connection that uses these queues, by their physical names.

    They are never created here. Raises `Missing` where one does not exist.
    """
    return {
        "region": region(),
        "predefined_queues": {name: {"url": queue_url(name)} for name in queues},
    }


class Channel(SQS.Channel):
    """See the module."""

    do_restore = False  # what is not acknowledged comes again by itself

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._done: list[tuple[str, str]] = []  # address of the queue, receipt
        super().__init__(*arguments, **options)

    def new_sqs_client(self, *_credentials: Any, **_more: Any) -> Any:
        """The process's own."""
        return client("sqs")

    def drain_events(
        self, timeout: float | None = None, callback: Any | None = None, **more: Any
    ) -> None:
        """Waits no longer than `timeout`. SQS counts in seconds: less than one is no wait."""
        self.send_acknowledgements()
        self.wait_time_seconds = min(_WAIT_S_MAX, int(timeout or 0))
        with translated():
            super().drain_events(timeout=timeout, callback=callback, **more)

    def basic_publish(self, *arguments: Any, **more: Any) -> Any:
        with translated():
            return super().basic_publish(*arguments, **more)

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        """Sent together with others; before the next messages are asked for at the latest."""
        self._done.append((self._address_of(delivery_tag), delivery_tag))
        self.qos.ack(delivery_tag)
        if len(self._done) >= _BATCH_MAX:
            self.send_acknowledgements()

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Gives the message back at once."""
        self.hide([delivery_tag], 0)
        self.qos.ack(delivery_tag)

    def send_acknowledgements(self) -> None:
        """A message whose acknowledgement is lost comes again, and is recognised then."""
        done, self._done = self._done, []
        for address, receipts in _tens(done):
            entries = [{"Id": str(n), "ReceiptHandle": each} for n, each in enumerate(receipts)]
            with translated():
                client("sqs").delete_message_batch(QueueUrl=address, Entries=entries)

    def hide(self, delivery_tags: Iterable[str], seconds: int) -> None:
        """Keeps messages that we hold from everybody else for `seconds` from now."""
        for address, receipts in _tens([(self._address_of(tag), tag) for tag in delivery_tags]):
            entries = [
                {"Id": str(n), "ReceiptHandle": each, "VisibilityTimeout": seconds}
                for n, each in enumerate(receipts)
            ]
            with translated():
                client("sqs").change_message_visibility_batch(QueueUrl=address, Entries=entries)

    def close(self) -> None:
        if not self.closed:
            self.send_acknowledgements()
        super().close()

    def _address_of(self, delivery_tag: str) -> str:
        return str(self.qos.get(delivery_tag).delivery_info["sqs_queue"])

    def _message_to_python(self, message: Any, _queue_name: str, address: str) -> dict[str, Any]:
        """What kombu makes a message of."""
        return {
            "body": sent_body(message["Body"]),
            "properties": {
                "delivery_tag": message["ReceiptHandle"],
                "delivery_info": {"sqs_queue": address},
            },
        }


class Transport(SQS.Transport):
    """`Connection("sqs://", transport=Transport, transport_options=options(...))`."""

    Channel = Channel


def sent_body(body: str) -> bytes:
    """What the sender wrote: without SNS's envelope, or kombu's (which may be base64)."""
    outer = _object_in(body.encode()) or _object_in(_from_base64(body))
    if outer is None:
        return body.encode()
    if outer.get("Type") == "Notification" and isinstance(outer.get("Message"), str):
        return str(outer["Message"]).encode()
    if "properties" in outer and isinstance(outer.get("body"), str):
        return _from_base64(outer["body"]) or body.encode()
    return body.encode()


def _object_in(content: bytes) -> dict[str, Any] | None:
    try:
        parsed = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _from_base64(text: str) -> bytes:
    """Empty where it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _tens(held: list[tuple[str, str]]) -> Iterable[tuple[str, list[str]]]:
    """By the queue's address, ten receipts at the most."""
    by_address: dict[str, list[str]] = {}
    for address, receipt in held:
        by_address.setdefault(address, []).append(receipt)
    for address, receipts in by_address.items():
        for start in range(0, len(receipts), _BATCH_MAX):
            yield address, receipts[start : start + _BATCH_MAX]
