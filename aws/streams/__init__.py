"""Streams of changes: one consumer loop for DynamoDB Streams and Kinesis.

Apps declare handlers in their `consumers.py`; `manage.py consume` runs them. What the loop
promises, and what it does not, stands in docs/adr/0009-streams.md; docs/howto-consumer.md shows how
to write a handler.
"""

from aws.streams.dead_letters import DEAD_LETTERS
from aws.streams.handlers import Handler, PoisonRecord, Progress, register
from aws.streams.leases import LeaseItems
from aws.streams.records import Change, Kind, Record

STREAM_LEASES = LeaseItems.table

__all__ = [
    "DEAD_LETTERS",
    "STREAM_LEASES",
    "Change",
    "Handler",
    "Kind",
    "PoisonRecord",
    "Progress",
    "Record",
    "register",
]
