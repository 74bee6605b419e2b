"""The application's own processes in the embedded place. Add a line to add one."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


class Stage(IntEnum):
    """When a process starts and stops: the servers are up before the rest, and down after it."""

    ENGINE = 0
    REDIS = 1
    WORK = 2  # does what has been taken in
    INTAKE = 3  # takes work in


CORES = os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """`python -m MODULE ARGUMENTS...`; stopped by SIGTERM, and killed after `stop_s_max`.

    `command`: the `manage.py` command that it runs, where it is one.
    """

    name: str
    module: str = "manage"
    arguments: Sequence[str]
    stage: Stage = Stage.INTAKE
    stop_s_max: float = 15.0

    @property
    def command(self) -> str | None:
        return self.arguments[0] if self.module == "manage" else None


def programs(port: int, state: Path) -> tuple[Program, ...]:
    """All of them, with the site on `port` of the loopback interface; they write to `state`."""
    celery = ("--app", "config.celery")
    return (
        Program(
            name="worker",
            module="celery",
            arguments=(
                *celery,
                *("worker", "--concurrency", str(max(2, CORES)), "--loglevel", "INFO"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ),
            stage=Stage.WORK,
            stop_s_max=30.0,  # it finishes the chunks that it has begun
        ),
        Program(name="consumers", arguments=("consume",), stage=Stage.WORK),
        *_saga_worker(),
        Program(name="monitor", arguments=("monitor",), stage=Stage.WORK),
        Program(name="orchestrator", arguments=("orchestrate",)),
        Program(name="listener", arguments=("listen",)),
        Program(
            name="sensors",
            arguments=("simulate_sensors", "--url", f"http://127.0.0.1:{port}"),
        ),
        Program(
            name="beat",
            module="celery",
            arguments=(*celery, "beat", "--schedule", str(state / "beat"), "--pidfile", ""),
        ),
        Program(
            name="web",
            module="granian",
            arguments=(
                *("--interface", "wsgi", "config.wsgi:application"),
                *("--host", "127.0.0.1", "--port", str(port)),
                # While one thread waits for the engine, another computes.
                *("--workers", str(min(4, CORES)), "--blocking-threads", "4"),
                *("--workers-kill-timeout", "10"),
            ),
        ),
    )


def _saga_worker() -> Sequence[Program]:
    """Where the shop's check-outs are orchestrated, as `config.settings` has it."""
    if os.environ.get("CART_SAGA") != "orchestrated":
        return ()
    return (Program(name="saga-worker", arguments=("saga_worker",), stage=Stage.WORK),)
