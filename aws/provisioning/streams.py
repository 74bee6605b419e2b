"""Creates Kinesis streams, encrypted at rest, with their retention."""

import time
from collections.abc import Callable
from typing import Any

from aws.errors import translated
from aws.resources import Stream, storage_key_alias
from aws.sessions import client
from kernel.errors import Missing, Unavailable

_ACTIVE_S_MAX = 120
_LOOK_AGAIN_S = 0.5


def ensure(stream: Stream) -> list[str]:
    """Creates the stream where it is missing; returns when it is ACTIVE.

    The number of shards of an existing one is left alone: it is operators' to change.
    """
    created = [f"stream {stream.physical_name}"] if _create(stream) else []
    described = _when_active(stream)
    at = {"StreamName": stream.physical_name}
    with translated():
        if described["EncryptionType"] == "NONE":
            client("kinesis").start_stream_encryption(
                **at, EncryptionType="KMS", KeyId=storage_key_alias()
            )
            _when_active(stream)
        if described["RetentionPeriodHours"] < stream.retention_hours:
            client("kinesis").increase_stream_retention_period(
                **at, RetentionPeriodHours=stream.retention_hours
            )
    return created


def _create(stream: Stream) -> bool:
    """Whether it was us: it may exist, or another run may create it at the same moment."""
    if _exists(stream):
        return False
    mode: dict[str, Any] = {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
    if stream.shards is not None:
        mode = {"StreamModeDetails": {"StreamMode": "PROVISIONED"}, "ShardCount": stream.shards}
    kinesis = client("kinesis")
    with translated():
        try:
            kinesis.create_stream(StreamName=stream.physical_name, **mode)
        except kinesis.exceptions.ResourceInUseException:
            return False
    return True


def _exists(stream: Stream) -> bool:
    try:
        _described(stream)
    except Missing:
        return False
    return True


def _when_active(stream: Stream, *, sleep: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    for _look in range(int(_ACTIVE_S_MAX / _LOOK_AGAIN_S)):
        described = _described(stream)
        if described["StreamStatus"] == "ACTIVE":
            return described
        sleep(_LOOK_AGAIN_S)
    raise Unavailable(f"{stream.physical_name} was not ACTIVE after {_ACTIVE_S_MAX} s")


def _described(stream: Stream) -> dict[str, Any]:
    with translated():
        answer = client("kinesis").describe_stream_summary(StreamName=stream.physical_name)
    found: dict[str, Any] = answer["StreamDescriptionSummary"]
    return found
