"""Records that were given up: a pointer to each, with the reason, in one queue for all handlers.

No content goes there. Within the stream's retention the record is read again by its shard and
sequence number; later the item is read by its key (docs/adr/0009-streams.md).
"""

from dataclasses import asdict, dataclass

from aws import messaging
from aws.resources import Queue
from aws.streams.records import Change
from aws.streams.source import AnyRecord

DEAD_LETTERS = Queue(
    name="stream-dead-letters",
    purpose="Stream records that a handler could not take: where each lies, and why.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """`source` is such as `table/transactions`; `key` holds the item's key attributes, or the
    partition key of a Kinesis record; `at` is the record's time (ISO 8601)."""

    handler: str
    source: str
    shard: str
    sequence: str
    key: dict[str, str]
    at: str
    reason: str


def letter(record: AnyRecord, *, handler: str, source: str, shard: str, reason: str) -> DeadLetter:
    """What points to `record`."""
    key = record.key if isinstance(record, Change) else {"partition_key": record.partition_key}
    return DeadLetter(
        handler=handler,
        source=source,
        shard=shard,
        sequence=record.sequence,
        key=key,
        at=record.at.isoformat(),
        reason=reason,
    )


def send(dead: DeadLetter) -> None:
    """Raises `Unavailable`. Sending one twice leaves it twice."""
    messaging.send(DEAD_LETTERS, asdict(dead))
