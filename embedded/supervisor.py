"""Watches the children of the embedded place. One that dies is named and restarted; one that keeps
dying, or the engine, ends the whole place: there is never a silent half of it."""

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embedded.console import Ears, StopAsked, say
from embedded.place import FOR_A_TERMINAL
from embedded.processes import Child
from embedded.programs import Program, Stage
from embedded.servers import Servers
from kernel.errors import Unavailable

DEATHS_MAX = 3
DEATHS_WITHIN_S = 60.0
_LOOK_EVERY_S = 0.1


class PlaceFailed(Unavailable):
    """The embedded place cannot go on."""

    code = "place_failed"


@dataclass(slots=True, kw_only=True)
class Watched:
    """A child, how to start it again (None: it cannot be), and when it died."""

    child: Child
    again: Callable[[], Child] | None
    stage: Stage
    stop_s_max: float = 20.0
    deaths: list[float] = field(default_factory=list)

    def keeps_dying(self, now_s: float) -> bool:
        """Notes a death; whether it was one too many."""
        self.deaths = [at for at in self.deaths if now_s - at < DEATHS_WITHIN_S] + [now_s]
        return len(self.deaths) >= DEATHS_MAX


def _watched_servers(servers: Servers) -> list[Watched]:
    def broker_again() -> Child:
        return servers.with_broker_again().broker

    def cache_again() -> Child:
        return servers.with_cache_again().cache

    return [
        # What the engine had not saved is lost, and what it saved is older than the database.
        Watched(child=servers.engine, again=None, stage=Stage.ENGINE),
        Watched(child=servers.broker, again=broker_again, stage=Stage.REDIS),
        Watched(child=servers.cache, again=cache_again, stage=Stage.REDIS),
    ]


class Supervisor:
    """The children of one place: its servers, and the application's processes."""

    def __init__(
        self,
        servers: Servers,
        *,
        root: Path,
        logs: Path,
        environment: Mapping[str, str],
        ears: Ears,
    ) -> None:
        self._root = root
        self._logs = logs
        self._environment = environment
        self._ears = ears
        self._watched = _watched_servers(servers)

    def start(self, programs: Iterable[Program]) -> None:
        for program in programs:
            again = self._starter(program)
            self._watched.append(
                Watched(
                    child=again(), again=again, stage=program.stage, stop_s_max=program.stop_s_max
                )
            )

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Watches the children until `until()`. Raises `StopAsked`, or `PlaceFailed`."""
        while not until():
            if self._ears.stop_asked:
                raise StopAsked
            for watched in self._watched:
                if watched.child.ended() is not None:
                    self._replace(watched)
            time.sleep(_LOOK_EVERY_S)

    def run(self, *arguments: str) -> None:
        """Runs `manage.py ARGUMENTS...` to its end, on our terminal, watching the rest meanwhile.

        Raises `PlaceFailed` when it fails.
        """
        step = self._start(arguments[0], "manage", arguments, log=None)
        try:
            self.watch(until=lambda: step.ended() is not None)
        finally:
            step.stop(seconds_max=5)
        if step.ended() != 0:
            raise PlaceFailed(f"`manage.py {arguments[0]}` failed; what it said stands above.")

    def stop(self) -> None:
        """Stops all, stage by stage: who takes work in, who does it, the servers one by one."""
        for stage in reversed(Stage):
            watched = [each for each in reversed(self._watched) if each.stage == stage]
            for each in watched:
                each.child.ask_to_stop()
            for each in watched:
                each.child.wait_stopped(seconds_max=each.stop_s_max)
                say(f"  {each.child.name} stopped")
        self._watched.clear()

    def _starter(self, program: Program) -> Callable[[], Child]:
        log = self._logs / f"{program.name}.log"
        return lambda: self._start(program.name, program.module, program.arguments, log=log)

    def _start(
        self, name: str, module: str, arguments: Sequence[str], *, log: Path | None
    ) -> Child:
        return Child.start(
            name,
            [sys.executable, "-m", module, *arguments],
            log=log,
            environment=dict(self._environment) | (FOR_A_TERMINAL if log is None else {}),
            directory=self._root,
        )

    def _replace(self, dead: Watched) -> None:
        name = dead.child.name
        say(f"{dead.child.obituary()}:\n{dead.child.last_words()}")
        dead.child.stop()  # whatever it left behind
        if dead.again is None:
            raise PlaceFailed(f"Without the {name} nothing works; what it had not saved is lost.")
        if dead.keeps_dying(time.monotonic()):
            raise PlaceFailed(f"The {name} died {DEATHS_MAX} times in {DEATHS_WITHIN_S:g} s.")
        dead.child = dead.again()
        say(f"Restarted the {name} (process {dead.child.pid}).")
