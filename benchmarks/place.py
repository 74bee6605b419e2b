"""The place that a benchmark measures: an engine and Redis of its own, and banks in it.

A bank is a name prefix and a database: tables, buckets and keys of one are invisible to another,
so several runs can follow each other against one engine process.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from embedded.processes import Child
from embedded.programs import Program, programs
from embedded.servers import Servers
from kernel.errors import Missing

ROOT = Path(__file__).resolve().parent.parent
BENCH_DIR = ROOT / "var" / "bench"
_READY_S_MAX = 60.0
_STOP_S_MAX = 30.0


class DataMissing(Missing):
    """A public data file that the benchmark needs is not there (TXHUB_DATA_DIR)."""

    code = "data_missing"


class CommandFailed(Missing):
    """A command of the benchmark failed; its output stands above."""

    code = "command_failed"


@dataclass(slots=True, kw_only=True)
class Place:
    """Engine, broker and cache, and all processes that the benchmark starts beside them."""

    folder: Path
    servers: Servers
    children: list[Child] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def new_bank(self, **settings: str) -> "Bank":
        """An empty, provisioned bank; `settings` are further variables for its processes."""
        name = f"bench{next(self._numbers)}"
        var = self.folder / name
        (var / "static").mkdir(parents=True)
        bank = Bank(place=self, name=name, environment=self._environment(name, var) | settings)
        bank.manage("migrate", "--verbosity", "0")
        bank.manage("provision")
        return bank

    def start(self, name: str, module: str, *arguments: str, **environment: str) -> Child:
        """`python -m MODULE ARGUMENTS...`, stopped with the place at the latest."""
        child = Child.start(
            name,
            [sys.executable, "-m", module, *arguments],
            log=self.folder / f"{name}.log",
            environment=environment,
            directory=ROOT,
        )
        self.children.append(child)
        return child

    def stop(self, child: Child) -> None:
        child.stop(seconds_max=_STOP_S_MAX)
        self.children.remove(child)

    def _environment(self, name: str, var: Path) -> dict[str, str]:
        own = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        return own | {
            **self.servers.environment(),
            "DATABASE_URL": f"sqlite:///{var}/db.sqlite3",
            "SECRET_KEY": "for-benchmarks-only-" + "x" * 40,
            "TXHUB_VAR_DIR": str(var),
            "TXHUB_PREFIX": name,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "HASHED_STATIC": "0",
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "INFO",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """Tables, keys and a database of its own."""

    place: Place
    name: str
    environment: Mapping[str, str]

    def manage(self, *arguments: str) -> str:
        """Runs `manage.py ARGUMENTS...` to its end; its output. Raises `CommandFailed`."""
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "manage.py", *arguments],
            env=dict(self.environment) | {"LOG_LEVEL": "WARNING"},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=False,
            text=True,
        )
        if done.returncode:
            print(done.stdout)
            raise CommandFailed(f"manage.py {arguments[0]} ended with status {done.returncode}")
        return done.stdout

    def start_worker(self, concurrency: int, **settings: str) -> Child:
        """A Celery worker as the demo starts it, with `concurrency` processes; ready to work."""
        arguments = [*self._program("worker", port=0).arguments]
        arguments[arguments.index("--concurrency") + 1] = str(concurrency)
        name = f"worker-{self.name}"
        child = self.place.start(name, "celery", *arguments, **{**self.environment, **settings})
        log = self.place.folder / f"{name}.log"
        child.wait_until(lambda: b" ready." in log.read_bytes(), seconds_max=_READY_S_MAX)
        return child

    def start_web(self, port: int) -> Child:
        """The web server as the demo starts it."""
        arguments = self._program("web", port=port).arguments
        return self.place.start(f"web-{self.name}", "granian", *arguments, **self.environment)

    def load_django(self) -> None:
        """Makes this process one of the bank's. Once a process: settings are read once."""
        import django

        _forget_other_accounts()
        os.environ |= {**self.environment, "LOG_LEVEL": "WARNING"}
        django.setup()

    def _program(self, name: str, *, port: int) -> Program:
        return next(each for each in programs(port, self.place.folder) if each.name == name)


@contextmanager
def running_place(name: str) -> Iterator[Place]:
    """Started servers with nothing in them; on the way out all is ended and nothing kept."""
    BENCH_DIR.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"place-{name}-", dir=BENCH_DIR))
    place = Place(folder=folder, servers=Servers.start(folder / "servers", keep=False))
    try:
        yield place
    finally:
        for child in reversed(place.children):
            child.stop(seconds_max=_STOP_S_MAX)
        place.servers.kill()
        shutil.rmtree(folder, ignore_errors=True)


def data_file(name: str) -> Path:
    """A public data file. Raises `DataMissing`."""
    folder = Path(os.environ.get("TXHUB_DATA_DIR") or ROOT.parent / "shared" / "data")
    path = folder / name
    if not path.exists():
        raise DataMissing(f"{path} is missing; say with TXHUB_DATA_DIR where the data files lie")
    return path


def _forget_other_accounts() -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
