"""The embedded place as its users meet it: real processes, real signals."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from embedded import generation, redis_server
from embedded.place import Layout
from embedded.places import ensure_secrets, owner, running_environment
from embedded.processes import Child, ChildDied, free_port
from embedded.programs import Stage
from embedded.supervisor import Watched
from tests.places import ROOT, SECONDS_MAX, Place, traces, wait_for


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(var=tmp_path)
    try:
        yield place
    finally:
        place.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One that runs, for all who only look at it."""
    place = Place(var=tmp_path_factory.mktemp("running"))
    place.start()
    yield place
    place.close()


needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux")


class TestOrderlyStop:
    @pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
    def test_keeps_the_state_for_the_next_start(self, place: Place, signum: signal.Signals) -> None:
        place.start()
        first = generation.of_engine(place.engine_port)
        place.send(signum)
        assert place.exit_status() == 0
        place.start()
        assert "start over" not in place.said
        second = generation.of_engine(place.engine_port)
        assert second == generation.of_database(Layout(var=place.var).database) != first

    @needs_proc
    def test_stops_the_engine_last_and_leaves_no_process(self, place: Place) -> None:
        place.start()
        assert len(place.processes()) == 5, "supervisor, reaper and three servers"
        place.send(signal.SIGTERM)
        assert place.exit_status() == 0
        stopped = [line.split()[0] for line in place.said.splitlines() if line.endswith("stopped")]
        assert stopped[-1] == "engine"
        assert set(stopped) == {"cache", "broker", "engine"}
        wait_for(lambda: place.processes() == [], seconds_max=2)

    def test_is_no_longer_found_by_other_commands(self, place: Place) -> None:
        place.start()
        assert owner(place.var) is not None
        place.send(signal.SIGTERM)
        place.exit_status()
        assert owner(place.var) is None
        assert running_environment(place.var) == {}


@needs_proc
class TestADeadChild:
    def test_is_named_and_restarted_where_it_was(self, place: Place) -> None:
        place.start()
        port = int(running_environment(place.var)["CELERY_BROKER_URL"].split(":")[2].split("/")[0])
        os.kill(place.broker()[0], signal.SIGKILL)
        wait_for(lambda: "Restarted the broker" in place.said)
        assert "broker was ended by SIGKILL" in place.said
        assert redis_server.is_answering(port)

    def test_that_keeps_dying_ends_the_whole_place(self, place: Place) -> None:
        place.start()
        for deaths in range(3):
            wait_for(lambda deaths=deaths: place.said.count("Restarted the broker") == deaths)  # type: ignore[misc]
            os.kill(place.broker()[0], signal.SIGKILL)
        assert place.exit_status() == 1
        assert "The broker died 3 times" in place.said
        wait_for(lambda: place.processes() == [], seconds_max=2)

    def test_if_it_is_the_engine_ends_the_place_and_the_next_start_is_anew(
        self, place: Place
    ) -> None:
        place.start()
        os.kill(place.processes("ministack")[0], signal.SIGKILL)
        assert place.exit_status() == 1
        assert "Without the engine nothing works" in place.said
        place.start()
        assert "both start over" in place.said


@needs_proc
class TestAKilledSupervisor:
    def test_leaves_no_orphans_and_loses_nothing(self, place: Place) -> None:
        place.start()
        first = generation.of_engine(place.engine_port)
        place.send(signal.SIGKILL)
        place.exit_status()
        wait_for(lambda: place.processes() == [])
        assert owner(place.var) is None
        place.start()
        assert "start over" not in place.said, "the engine was stopped in order, and saved"
        assert generation.of_engine(place.engine_port) != first

    def test_can_be_followed_at_once_by_another(self, place: Place) -> None:
        place.start()
        place.send(signal.SIGKILL)
        place.start()  # it waits for the reaper, which waits for the engine's state
        assert "start over" not in place.said


class TestAGenerationMismatch:
    @pytest.mark.parametrize("change", ["another number", "no database"])
    def test_is_said_and_both_start_over(self, place: Place, change: str) -> None:
        layout = Layout(var=place.var)
        place.start()
        place.send(signal.SIGTERM)
        place.exit_status()
        if change == "no database":
            layout.database.unlink()
        else:
            with closing(sqlite3.connect(layout.database)) as database:
                database.execute("CREATE TABLE newer (than_the_engine)")
                database.execute("PRAGMA user_version = 7")
        place.start()
        assert "both start over" in place.said
        with closing(sqlite3.connect(layout.database)) as database:
            assert database.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)


class TestASecondOwner:
    def test_is_refused_and_told_who_runs(self, running: Place) -> None:
        second = subprocess.run(
            [sys.executable, "-m", "embedded.background"],
            cwd=ROOT,
            env={**os.environ, "TXHUB_VAR_DIR": str(running.var)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        assert f"already running here (process {owner(running.var)})" in second.stdout
        assert not running.has_ended()


class TestATakenPort:
    def test_is_said_before_anything_starts(self, place: Place) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            place.start("embedded.demo", PORT=str(port))
            assert place.exit_status() == 1
        assert f"Port {port} cannot be used" in place.said
        assert "Engine" not in place.said


class TestManagementCommands:
    def test_find_the_running_place_by_themselves(self, running: Place) -> None:
        assert self._asked(running, AWS_REGION="us-east-1") == [
            running_environment(running.var)["AWS_ENDPOINT_URL"],
            "eu-west-2",
        ]

    def test_leave_what_was_configured_alone(self, running: Place) -> None:
        configured = {"DATABASE_URL": "sqlite:///elsewhere", "SECRET_KEY": "x" * 50}
        assert self._asked(running, **configured, AWS_REGION="us-east-1") == ["None", "us-east-1"]

    def test_say_what_to_start_where_nothing_runs(self, place: Place) -> None:
        bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        refused = subprocess.run(
            [sys.executable, "manage.py", "provision"],
            cwd=ROOT,
            env={**bare, "TXHUB_VAR_DIR": str(place.var)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert refused.returncode == 1
        assert "Run `make demo` or `manage.py engine start`" in refused.stderr
        assert "Traceback" not in refused.stderr

    def _asked(self, place: Place, **environment: str) -> list[str]:
        """Endpoint and region as Django's settings leave them in a shell with this environment."""
        bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        code = "import os; print(os.environ.get('AWS_ENDPOINT_URL'), os.environ['AWS_REGION'])"
        asked = subprocess.run(
            [sys.executable, "-c", f"import config.settings; {code}"],
            cwd=ROOT,
            env={**bare, "TXHUB_VAR_DIR": str(place.var), **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        return asked.stdout.split()


class TestSecrets:
    def test_are_made_once_and_for_their_owner_alone(self, tmp_path: Path) -> None:
        first = ensure_secrets(tmp_path)
        assert ensure_secrets(tmp_path) == first
        assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600
        assert ensure_secrets(tmp_path / "other") != first


class TestAChild:
    def test_that_dies_before_it_is_ready_tells_its_last_words(self, tmp_path: Path) -> None:
        child = Child.start(
            "poor",
            [sys.executable, "-c", "raise SystemExit('no room left')"],
            log=tmp_path / "log",
            environment=os.environ,
        )
        with pytest.raises(ChildDied, match=r"(?s)poor ended with status 1.*no room left"):
            child.wait_until(lambda: False, seconds_max=SECONDS_MAX)
        child.stop()

    @needs_proc
    def test_takes_what_it_started_along(self, tmp_path: Path) -> None:
        code = "import subprocess; subprocess.run(['sleep', '60'])"
        child = Child.start(
            "parent",
            [sys.executable, "-c", f"# {tmp_path}\n{code}"],
            log=tmp_path / "log",
            environment={"MARK": str(tmp_path)},
        )
        wait_for(lambda: len(list(traces(tmp_path))) == 2)
        child.stop()
        wait_for(lambda: list(traces(tmp_path)) == [])

    def test_may_die_twice_in_a_minute_and_not_thrice(self, tmp_path: Path) -> None:
        child = Child.start("short", ["true"], log=tmp_path / "log", environment=os.environ)
        watched = Watched(child=child, again=None, stage=Stage.WORK)
        assert [watched.keeps_dying(at) for at in (0, 30, 61, 89, 90)] == [
            False,
            False,
            False,
            True,
            True,
        ]
        child.stop()


def test_free_ports_are_free() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        pass
