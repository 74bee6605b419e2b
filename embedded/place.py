"""The embedded place of a tree: its three servers and its database file, opened by one owner."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from embedded import generation
from embedded.places import ensure_secrets, publish_environment
from embedded.servers import Servers

# A person reads what a command says; its log would only be in the way, unless something is wrong.
FOR_A_TERMINAL = {"LOG_FORMAT": "console", "LOG_LEVEL": "WARNING"}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where things lie under `var/`."""

    var: Path

    @property
    def servers(self) -> Path:
        return self.var / "embedded"

    @property
    def database(self) -> Path:
        return self.var / "db.sqlite3"

    @property
    def logs(self) -> Path:
        return self.servers / "log"

    @property
    def demo(self) -> Path:
        return self.var / "demo.json"


def start_servers(layout: Layout, say: Say) -> Servers:
    """Starts the servers on their kept state, or on none where it cannot be trusted.

    Publishes the variables by which other processes of this tree find them. The caller owns the
    place (`places.owning`).
    """
    _keep_one_old_log(layout.logs)
    servers = Servers.start(layout.servers)
    try:
        of_database = generation.of_database(layout.database)
        if of_database != generation.of_engine(servers.engine_port):
            say("The engine's state and the database are of different runs: the last run was not")
            say("stopped in order. Neither can be trusted beside the other, so both start over.")
            servers.kill()
            start_over(layout)
            servers = Servers.start(layout.servers)
        generation.begin(layout.database, servers.engine_port)
        publish_environment(layout.var, settings_of(layout, servers) | FOR_A_TERMINAL)
    except BaseException:
        servers.kill()
        raise
    return servers


def start_over(layout: Layout) -> None:
    """Removes all state (not the secrets). Nothing may be running."""
    for part in ("engine", "broker", "cache"):
        shutil.rmtree(layout.servers / part, ignore_errors=True)
    for path in [*layout.var.glob(f"{layout.database.name}*"), layout.demo]:
        path.unlink(missing_ok=True)


def settings_of(layout: Layout, servers: Servers) -> dict[str, str]:
    """The variables that point an application at this place, all that it needs."""
    return {
        **ensure_secrets(layout.var),
        **servers.environment(),
        "DATABASE_URL": f"sqlite:///{layout.database.absolute()}",
        "TXHUB_VAR_DIR": str(layout.var.absolute()),
    }


def environment_of(layout: Layout, servers: Servers) -> dict[str, str]:
    """The whole environment of the application's processes: ours, and nobody's AWS account."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    readable = {
        "LOG_FORMAT": "console",
        "LOG_DIR": str(layout.var.absolute() / "logs"),
        "PYTHONUNBUFFERED": "1",
    }
    return {**inherited, **readable, **settings_of(layout, servers)}


def _keep_one_old_log(logs: Path) -> None:
    for log in logs.glob("*.log"):
        log.replace(log.with_suffix(".log.1"))
