"""Batches of readings into the stream: from devices, and from consumers that put some off."""

from collections.abc import Iterable

from aws.streams.putting import Outgoing, put
from sensors.domain.batches import GROUPS, Batch, batch_to_bytes
from sensors.resources import READINGS

_HASH_KEYS = 2**128


def send(batches: Iterable[tuple[int, Batch]]) -> None:
    """Returns when all are durably in the stream. Raises `Unavailable`, also where it is full."""
    put(READINGS, [_record(group, batch) for group, batch in batches])


def _record(group: int, batch: Batch) -> Outgoing:
    """The groups share the shards evenly, however many shards there are."""
    hash_key = (2 * group + 1) * _HASH_KEYS // (2 * GROUPS)
    return Outgoing(partition_key=str(group), hash_key=hash_key, data=batch_to_bytes(batch))
