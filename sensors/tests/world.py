"""A world of sensors for tests: DynamoDB and Kinesis in memory, on a clock of their own, with
faults; the real Redis, the engine's S3; and consumers that die."""

import os
import random
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from unittest.mock import patch

from django.test import override_settings

from aws import sessions
from aws.dynamodb.sizes import write_units
from aws.tests.memory import MemoryEngine
from kernel.errors import Unavailable
from sensors import tails
from sensors.conf import Conf
from sensors.domain.batches import batch_from_bytes
from sensors.resources import SENSORS
from sensors.services.binning import Arrival, Binner

BEGINNING = datetime(2026, 3, 1, 6, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until told otherwise."""

    now: datetime = BEGINNING

    def __call__(self) -> datetime:
        return self.now

    def forward(self, span: timedelta) -> None:
        self.now += span


@contextmanager
def redis_away() -> Iterator[None]:
    """Nothing listens where Redis should be."""
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        _connect_anew()
        yield
    _connect_anew()


@cache
def _s3() -> Any:
    """One for all worlds: making a client takes long."""
    return sessions.build_client("s3")


@cache
def _no_s3() -> Any:
    """Nothing listens where S3 should be."""
    with patch.dict(os.environ, AWS_ENDPOINT_URL_S3="http://127.0.0.1:1"):
        return sessions.build_client("s3", retries={"total_max_attempts": 1})


def _connect_anew() -> None:
    tails._redis.cache_clear()
    tails._script.cache_clear()


@dataclass
class World:
    """One shard. `units`: write units used, as AWS counts. `faults`: so many of a hundred calls to
    AWS fail, before or after their effect. `s3_is_away`: its calls fail, from the next `here` on.
    """

    conf: Conf
    seed: int = 0
    faults: int = 0
    clock: Clock = field(default_factory=Clock)
    stream: list[tuple[str, datetime, bytes]] = field(default_factory=list)
    checkpoint: int = 0
    interrupted_by: Callable[[str], None] | None = None
    units: int = 0
    s3_is_away: bool = False

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - reproducible on purpose
        self.engine = MemoryEngine([SENSORS])
        self.start_consumer()

    def start_consumer(self) -> None:
        """A new consumer begins at the checkpoint; whatever the one before it knew is gone."""
        self.binner = Binner(self.conf, clock=self.clock)
        self.read = self.checkpoint

    def consume(self, records_max: int = 1000) -> None:
        """The consumer takes what comes next, again and again where AWS fails."""
        batch = self.stream[self.read : self.read + records_max]
        arrivals = [Arrival(name, at, batch_from_bytes(data)) for name, at, data in batch]
        while True:
            try:
                settled = self.binner.take(arrivals) if batch else self.binner.flush()
                break
            except Unavailable:
                continue
        self.read += len(batch)
        self._settle(settled)

    def die(self) -> None:
        """The consumer dies in the middle of a batch; another one begins."""
        batch = self.stream[self.read :]
        died_before, self.faults = self.faults, 50
        with suppress(Unavailable):
            self.binner.take(Arrival(name, at, batch_from_bytes(data)) for name, at, data in batch)
        self.faults = died_before
        self.start_consumer()

    def drain(self) -> None:
        """The consumer takes all there is, what it puts off itself included."""
        while self.read < len(self.stream):
            self.consume()

    def end(self) -> None:
        """The shard has no more."""
        self._settle(self.binner.end())

    def delete_expired(self) -> None:
        """What DynamoDB's TTL does, sooner or later."""
        items = self.engine.tables[SENSORS.physical_name].items
        for key in [
            key
            for key, item in items.items()
            if int(item.get("x", {"N": "9" * 12})["N"]) < self.clock.now.timestamp()
        ]:
            del items[key]

    def _settle(self, sequence: str | None) -> None:
        if sequence is not None:
            self.checkpoint = max(self.checkpoint, int(sequence) + 1)
            assert self.checkpoint <= self.read

    def interrupt(self, call: Callable[[str], None] | None) -> None:
        """From now on `call` is told of every operation before it is done; pages have one item."""
        self.interrupted_by = call

    def send(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """What `DataClient` does, for DynamoDB and Kinesis."""
        if self.interrupted_by is not None:
            self.interrupted_by(operation)
        fails = self.random.randrange(100) < self.faults
        if fails and self.random.random() < 0.5:
            raise Unavailable("before its effect", retry_after_s=0)
        answer = self._answer(operation, parameters)
        if fails:
            raise Unavailable("after its effect", retry_after_s=0)
        return answer

    def _answer(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "PutRecords":
            return self._put(parameters)
        if operation == "BatchWriteItem":
            self.units += sum(map(self._units, parameters["RequestItems"][SENSORS.physical_name]))
        if operation == "Query" and self.interrupted_by is not None:
            return self._short_page(parameters)
        return self.engine.send(operation, parameters)

    def _units(self, request: Mapping[str, Any]) -> int:
        if "PutRequest" in request:
            return write_units(request["PutRequest"]["Item"])
        table = self.engine.tables[SENSORS.physical_name]
        return write_units(table.items.get(table.key_of(request["DeleteRequest"]["Key"]), {}))

    def _short_page(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """One item; the item that a page starts after need not be there any more."""
        asked = {name: value for name, value in parameters.items() if name != "ExclusiveStartKey"}
        after = parameters.get("ExclusiveStartKey", {"sk": {"S": ""}})["sk"]["S"]
        found = self.engine.send("Query", asked)["Items"]
        left = [item for item in found if item["sk"]["S"] > after]
        key = {name: left[0][name] for name in ("pk", "sk")} if left else None
        return {"Items": left[:1], **({"LastEvaluatedKey": key} if key else {})}

    def _put(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        outcomes = []
        for record in parameters["Records"]:
            sequence = str(len(self.stream))
            self.stream.append((sequence, self.clock.now, b64decode(record["Data"])))
            outcomes.append({"ShardId": "shardId-000000000000", "SequenceNumber": sequence})
        return {"FailedRecordCount": 0, "Records": outcomes}

    @contextmanager
    def here(self) -> Iterator[None]:
        """AWS is this world."""
        sessions.reset_clients()
        sessions.shared("dynamodb-data", lambda: self)
        sessions.shared("kinesis-data", lambda: self)
        sessions.shared("s3", _no_s3 if self.s3_is_away else _s3)
        try:
            yield
        finally:
            sessions.reset_clients()
