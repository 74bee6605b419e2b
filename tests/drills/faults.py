"""The faults: how each is made, what goes on while it lasts, and how it is mended."""

import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

from alerts.tests.bank import Beside
from aws import sessions
from aws.metrics import use_case
from aws.metrics.instruments import Instrument
from aws.metrics.names import (
    AWS_CALL_SECONDS,
    KINESIS_REFUSED,
    REQUEST_SECONDS,
    STREAM_DEAD_LETTERS,
    STREAM_READERS,
    STREAM_RECORDS,
    HandlerLabels,
)
from aws.streams import progress
from aws.streams.process import consume
from aws.streams.progress import HandlerProgress
from aws.streams.putting import Outgoing, StreamFull, put
from aws.tests.away import nobody_answers
from aws.tests.memory import MemoryEngine, in_memory
from aws.tests.throttling import limits_before
from cart import measuring, operations
from cart.metrics import CHECKOUTS
from cart.provider.sandbox import Method
from cart.resources import CARTS, ORDERS, PAYMENTS, PRODUCTS, SANDBOX, STOCK, VIEWS
from cart.tests.processes import wait_until
from cart.tests.shop import new_product
from cart.tests.test_operations import begun
from identity.tests.people import new_person
from kernel.errors import Unavailable
from tests.drills.declared import DRILL_RECORDS, Drilled, Drills
from tests.forked import Forked
from txhub.metrics import FILES
from txhub.tests.batch.files import hub_file, hub_rows
from txhub.tests.batch.here import ingest
from txhub.tests.web.visitors import signed_in

_LEASE_S = 2  # so that nobody waits long for what the dead have left


class Fault:
    """`alarm` tells of it, by what `metric` measures `where` its labels are these: other tests of
    this process have left series of their own. `open` keeps what has to be ended with the drill."""

    title: ClassVar[str]
    alarm: ClassVar[str]
    mending: ClassVar[str]
    metric: ClassVar[Instrument[Any]]
    where: Mapping[str, str] = {}

    def __init__(self, folder: Path, open: ExitStack) -> None:
        self.folder, self.open = folder, open

    def measure(self) -> None:
        """What a probe does in every round."""

    def make(self) -> None:
        """It begins."""

    def goes_on(self) -> None:
        """In every round while it lasts."""

    def mend(self) -> None:
        """It is over."""


class OverLimits(Fault):
    def __init__(self, folder: Path, open: ExitStack) -> None:
        super().__init__(folder, open)
        self._limits = open.enter_context(limits_before(os.environ["AWS_ENDPOINT_URL"]))
        self._limits.over = True


class Throttling(OverLimits):
    title = "DynamoDB throttles writes"
    alarm = "dynamodb-throttled"
    mending = "it takes them again"
    metric = AWS_CALL_SECONDS
    where: Mapping[str, str] = {"use_case": "drill"}

    def goes_on(self) -> None:
        """A write, which is given up after its retries. The alarms' own tables are spared."""
        with use_case("drill"), _at(self._limits.url, "DYNAMODB"), suppress(Unavailable):
            Drills().put({"pk": secrets.token_hex(4), "sk": "-"})


class FullStream(OverLimits):
    title = "A Kinesis stream refuses records"
    alarm = "kinesis-throttled"
    mending = "it takes them again"
    metric = KINESIS_REFUSED
    where: Mapping[str, str] = {"stream": DRILL_RECORDS.name}

    def goes_on(self) -> None:
        """Records that are given up after their retries."""
        records = [Outgoing(partition_key="-", hash_key=each, data=b"-") for each in range(10)]
        with _at(self._limits.url, "KINESIS"), suppress(StreamFull):
            put(DRILL_RECORDS, records, sleep=lambda _s: None)


class DeadConsumer(Fault):
    title = "The only consumer of a stream is killed"
    alarm = "consumer-dead"
    mending = "another one starts"
    metric = STREAM_READERS
    where: Mapping[str, str] = {"handler": Drilled.name}

    def __init__(self, folder: Path, open: ExitStack) -> None:
        super().__init__(folder, open)
        self._victim = Forked.start(
            ["manage.py", "consume", Drilled.name],
            log=folder / "consumer.log",
            environment={
                "STREAM_HANDLER_MODULES": Drilled.__module__,
                "TXHUB_STREAM_LEASE_S": str(_LEASE_S),
            },
        )
        open.callback(self._victim.kill)
        wait_until(lambda: _readers() == 1)

    def measure(self) -> None:
        progress.measure()

    def make(self) -> None:
        self._victim.kill()
        wait_until(lambda: _readers() == 0)

    def mend(self) -> None:
        self.open.enter_context(_reading())


class PoisonRecord(Fault):
    title = "A record can never be handled"
    alarm = "poison-records"
    mending = "no more of them come"
    metric = STREAM_DEAD_LETTERS
    where: Mapping[str, str] = {"handler": Drilled.name}

    def __init__(self, folder: Path, open: ExitStack) -> None:
        super().__init__(folder, open)
        open.enter_context(_reading())

    def make(self) -> None:
        before = _given_up()
        Drills().put({"pk": secrets.token_hex(4), "sk": "-", "poison": True})
        wait_until(lambda: _given_up() > before)


class FailingFile(Fault):
    title = "A feed's file lacks what its trailer counts"
    alarm = "file-failed"
    mending = "the whole file is sent"
    metric = FILES

    def __init__(self, folder: Path, open: ExitStack) -> None:
        super().__init__(folder, open)
        self._feed = f"drill{secrets.randbelow(10**9)}"
        self.where = {"feed": self._feed}

    def make(self) -> None:
        path = hub_file(self.folder, hub_rows(12), feed=self._feed)
        kept = [line for line in path.read_bytes().split(b"\n") if not line.startswith(b"C|")]
        path.write_bytes(b"\n".join(kept))
        assert ingest(path, profile="hub", business_date=None)["status"] == "FAILED"

    def mend(self) -> None:
        path = hub_file(self.folder, hub_rows(12), feed=self._feed, sequence=2)
        assert ingest(path, profile="hub", business_date=None)["status"] == "COMPLETED"


class StuckCheckout(Fault):
    title = "Nobody hears of a check-out"
    alarm = "saga-stuck"
    mending = "an operator takes it back"
    metric = CHECKOUTS

    def __init__(self, folder: Path, open: ExitStack) -> None:
        super().__init__(folder, open)
        shop = MemoryEngine([CARTS, ORDERS, PAYMENTS, PRODUCTS, SANDBOX, STOCK, VIEWS])
        open.enter_context(in_memory(Beside(shop)))

    def measure(self) -> None:
        measuring.checkouts()

    def make(self) -> None:
        self._purchase = begun(new_product(9), Method.APPROVE, ago=timedelta(hours=1))

    def mend(self) -> None:
        operations.take_back(self._purchase)


class FailingRequests(Fault):
    title = "Requests ask for what is away"
    alarm = "api-errors"
    mending = "it is back"
    metric = REQUEST_SECONDS
    where: Mapping[str, str] = {"route": "shop"}

    def __init__(self, folder: Path, open: ExitStack) -> None:
        super().__init__(folder, open)
        self._browser = signed_in(new_person("Alice"))

    def goes_on(self) -> None:
        with nobody_answers():
            assert self._browser.get("/shop/").status_code == 503


FAULTS: tuple[type[Fault], ...] = (
    Throttling,
    FullStream,
    DeadConsumer,
    PoisonRecord,
    FailingFile,
    StuckCheckout,
    FailingRequests,
)


def _readers() -> int:
    return _progress().readers


def _progress() -> HandlerProgress:
    (found,) = progress.progress([Drilled])
    return found


def _is_read() -> bool:
    return all(each.owner or each.is_finished for each in _progress().shards)


def _handled() -> float:
    return STREAM_RECORDS.value(HandlerLabels(Drilled.name))


def _given_up() -> float:
    return STREAM_DEAD_LETTERS.value(HandlerLabels(Drilled.name))


@contextmanager
def _reading() -> Iterator[None]:
    """A consumer in this process, which has seen to what the stream lost while nobody read it."""
    stop, before = threading.Event(), _handled()
    running = threading.Thread(target=consume, args=([Drilled], stop))
    running.start()
    Drills().put({"pk": secrets.token_hex(4), "sk": "-"})
    try:
        wait_until(lambda: _handled() > before and _is_read())
        yield
    finally:
        stop.set()
        running.join()


@contextmanager
def _at(url: str, service: str) -> Iterator[None]:
    try:
        with patch.dict(os.environ, {f"AWS_ENDPOINT_URL_{service}": url}):
            sessions.reset_clients()
            yield
    finally:
        sessions.reset_clients()
