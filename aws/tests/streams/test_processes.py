"""`manage.py consume` as operators have it: real processes, real signals, a real engine."""

import json
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from aws import messaging, sessions
from aws.dynamodb import Repository
from aws.provisioning import keys, streams
from aws.provisioning.tables import ensure, existing_names
from aws.sessions import client
from aws.streams import DEAD_LETTERS, STREAM_LEASES
from aws.streams.process import consume, leases_of, source_of
from aws.tests.streams.declared import READINGS, WATCHED, Packer, Watcher
from embedded.servers import Servers
from kernel.clock import utc_now
from tests.forked import Forked

pytestmark = pytest.mark.journey
LEASE_S = 2.0
HANDLERS = ("try_watcher", "try_packer")


class Watched(Repository):
    table = WATCHED


@pytest.fixture
def effects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the handlers of all processes note what they have done."""
    path = tmp_path / "effects"
    path.touch()
    monkeypatch.setenv("TRY_EFFECTS", str(path))
    return path


@pytest.fixture(autouse=True)
def _declared(effects: Path) -> None:
    ensure(WATCHED, existing_names())
    streams.ensure(READINGS)


def _noted(effects: Path, handler: str) -> list[str]:
    """What a handler has done, in the order of doing, again where it was done again."""
    lines = [json.loads(line) for line in effects.read_text().splitlines()]
    return [name for who, _pid, *names in lines if who == handler for name in names]


def _pids(effects: Path) -> set[int]:
    return {json.loads(line)[1] for line in effects.read_text().splitlines()}


@contextmanager
def consumer(tmp_path: Path, name: str, *arguments: str) -> Iterator[Forked]:
    """A process that runs both handlers; killed at the end, if it lives so long."""
    child = Forked.start(
        ["manage.py", "consume", *HANDLERS, *arguments],
        log=tmp_path / f"{name}.log",
        environment={
            "STREAM_HANDLER_MODULES": "aws.tests.streams.declared",
            "TXHUB_STREAM_LEASE_S": str(LEASE_S),
        },
    )
    try:
        yield child
    finally:
        child.kill()


class Load:
    """Writes to the table and the stream, some every moment, until it is stopped."""

    def __init__(self) -> None:
        self.run_id = f"{time.time_ns():x}"
        self.written: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def write(self, number: int) -> None:
        name = f"{self.run_id}-{number:06}"
        shard = number % 4
        Watched().put({"pk": self.run_id, "sk": name})
        client("kinesis").put_record(
            StreamName=READINGS.physical_name,
            PartitionKey=str(shard),
            ExplicitHashKey=str(shard << 126),
            Data=name.encode(),
        )
        self.written.append(name)

    def _run(self) -> None:
        number = 0
        while not self._stop.wait(0.005):
            self.write(number)
            number += 1

    def of(self, names: list[str]) -> list[str]:
        """Those that this load has written, each once, in the order of their first coming."""
        return [name for name in dict.fromkeys(names) if name.startswith(self.run_id)]


def wait_for(happened: Callable[[], bool], *, seconds_max: float = 40) -> None:
    deadline = time.monotonic() + seconds_max
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def _holders(source: str = "stream") -> dict[str, int]:
    """How many shards each living process holds."""
    declared = READINGS if source == "stream" else WATCHED
    now, held = utc_now(), defaultdict[str, int](int)
    for lease in leases_of(source_of(declared), "observer").load(now).leases.values():
        if owner := lease.held_at(now):
            held[owner] += 1
    return held


class TestTwoProcesses:
    def test_share_the_work_and_one_takes_over_from_the_other_that_is_killed(
        self, tmp_path: Path, effects: Path
    ) -> None:
        with consumer(tmp_path, "first") as first, consumer(tmp_path, "second") as second:
            with Load() as load:
                wait_for(lambda: sorted(_holders().values()) == [2, 2])
                wait_for(lambda: _pids(effects) >= {first.pid, second.pid})
                os.kill(first.pid, signal.SIGKILL)
                wait_for(lambda: list(_holders().values()) == [4])
                time.sleep(1)
            for handler in HANDLERS:
                wait_for(partial(_has_all, load, effects, handler))
        assert _of(load, effects, "try_watcher") == load.written
        readings = _of(load, effects, "try_packer")
        assert sorted(readings) == load.written
        for shard in range(4):
            in_shard = [each for each in readings if int(each[-6:]) % 4 == shard]
            assert in_shard == sorted(in_shard)

    def test_hand_over_at_once_when_one_is_asked_to_stop(
        self, tmp_path: Path, effects: Path
    ) -> None:
        with consumer(tmp_path, "first") as first, Load() as load:
            wait_for(lambda: list(_holders().values()) == [4])
            wait_for(lambda: len(_of(load, effects, "try_watcher")) > 50)
            assert first.stop() == 0
            assert _holders() == _holders("table") == {}, "every lease was given back"
            with consumer(tmp_path, "second"):
                load.stop()
                wait_for(lambda: len(_of(load, effects, "try_watcher")) == len(load.written))
        assert [each for each in _noted(effects, "try_watcher") if each in load.written] == (
            load.written
        ), "nothing came twice"


def _of(load: Load, effects: Path, handler: str) -> list[str]:
    return load.of(_noted(effects, handler))


def _has_all(load: Load, effects: Path, handler: str) -> bool:
    return len(_of(load, effects, handler)) == len(load.written)


class TestUntilIdle:
    def test_ends_when_all_is_read(self, tmp_path: Path, effects: Path) -> None:
        load = Load()
        for number in range(40):
            load.write(number)
        with consumer(tmp_path, "only", "--until-idle") as child:
            assert child.wait() == 0, child.log.read_text()
        assert _of(load, effects, "try_watcher") == load.written
        assert sorted(_of(load, effects, "try_packer")) == load.written

    def test_sends_poison_to_the_dead_letters_without_its_content(
        self, tmp_path: Path, effects: Path
    ) -> None:
        load = Load()
        load.write(0)
        Watched().put({"pk": load.run_id, "sk": "bad", "poison": True, "name": "Alice"})
        load.write(1)
        with consumer(tmp_path, "only", "--until-idle") as child:
            child.wait()
        letters = [*_letters(load.run_id)]
        assert _of(load, effects, "try_watcher") == load.written
        assert [(each["handler"], each["reason"]) for each in letters] == [
            ("try_watcher", "marked as poison")
        ]
        assert letters[0]["key"] == {"pk": load.run_id, "sk": "bad"}
        assert "Alice" not in json.dumps(letters)


def _letters(run_id: str) -> Iterator[dict[str, object]]:
    while received := messaging.receive(DEAD_LETTERS, wait_s=0):
        for message in received:
            messaging.delete(DEAD_LETTERS, message)
            if message.body["key"].get("pk") == run_id:
                yield message.body


class TestARestartedEngine:
    """It keeps tables and loses stream records, transactions of a moment before included."""

    @pytest.fixture
    def place(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Place"]:
        place = Place(tmp_path / "place", monkeypatch)
        place.start()
        keys.ensure_storage_key()
        for table in (STREAM_LEASES, WATCHED):
            ensure(table, existing_names())
        yield place
        place.stop()
        monkeypatch.undo()
        sessions.reset_clients()

    @pytest.mark.parametrize("read_before", [0, 3])
    def test_loses_nothing_to_a_handler(
        self, place: "Place", effects: Path, read_before: int
    ) -> None:
        """Whether the handler had read something, or the stream had nothing for it yet."""
        for number in range(read_before):
            Watched().put({"pk": "a", "sk": f"before-{number}"})
        _consume()
        Watched().put({"pk": "a", "sk": "between"})  # after the consumers, before the engine's end
        place.stop()
        place.start()
        Watched().put({"pk": "a", "sk": "after"})
        _consume()
        before = {f"before-{number}" for number in range(read_before)}
        assert set(_noted(effects, "try_watcher")) == {*before, "between", "after"}

    def test_is_swept_once(self, place: "Place", effects: Path) -> None:
        Watched().put({"pk": "a", "sk": "1"})
        _consume()
        place.stop()
        place.start()
        for _ in range(2):
            Watched().put({"pk": "a", "sk": "2"})
            _consume()
        assert _noted(effects, "try_watcher").count("1") == 2, "from the stream, from the sweep"


class Place:
    """An engine of the test's own, which every client of this process then speaks to."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._root, self._monkeypatch = root, monkeypatch
        self._servers: Servers | None = None

    def start(self) -> None:
        self._servers = Servers.start(self._root)
        for name, value in self._servers.environment().items():
            self._monkeypatch.setenv(name, value)
        sessions.reset_clients()

    def stop(self) -> None:
        assert self._servers is not None
        self._servers.stop()


def _consume() -> None:
    assert consume([Watcher], threading.Event(), until_idle=True)


class TestCommand:
    def test_knows_its_handlers(self) -> None:
        with pytest.raises(CommandError, match=r"no handler is called nobody; there are: .*try_"):
            call_command("consume", "nobody", stdout=StringIO())

    def test_shows_how_far_they_are(self) -> None:
        said = StringIO()
        assert Packer.name == HANDLERS[1]
        call_command("consume", *HANDLERS, "--status", stdout=said)
        first, second = said.getvalue().splitlines()
        assert first.split()[:2] == ["try_packer", "stream/try-readings"]
        assert second.split()[:2] == ["try_watcher", "table/try-watched"]

    def test_lets_a_stopped_handler_go_on(self) -> None:
        assert consume([Watcher], threading.Event(), until_idle=True)
        leases = leases_of(source_of(WATCHED), "observer")
        leases.stop("try_watcher", "twenty in a row", utc_now())
        said = StringIO()
        call_command("consume", "try_watcher", "--status", stdout=said)
        assert "STOPPED" in said.getvalue()
        call_command("consume", "try_watcher", "--resume", stdout=said)
        assert leases.load(utc_now()).handlers["try_watcher"].stopped is None
