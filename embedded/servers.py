"""The three servers of the embedded place, started and stopped together."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from embedded.engine import REGION, start_engine
from embedded.processes import Child, free_port
from embedded.redis_server import start_broker, start_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Engine, broker and cache, all answering; state and logs lie under `root`."""

    root: Path
    engine: Child
    engine_port: int
    broker: Child
    broker_port: int
    cache: Child
    cache_port: int

    @classmethod
    def start(cls, root: Path, *, keep: bool = True) -> Self:
        """`keep`: the engine's state outlives the stop, and is there at the next start."""
        logs = root / "log"
        engine_port, broker_port, cache_port = free_port(), free_port(), free_port()
        started: list[Child] = []
        try:
            broker = start_broker(root / "broker", log=logs / "broker.log", port=broker_port)
            started.append(broker)
            cache = start_cache(root / "cache", log=logs / "cache.log", port=cache_port)
            started.append(cache)
            engine = start_engine(
                root / "engine", log=logs / "engine.log", port=engine_port, keep=keep
            )
        except BaseException:
            for child in started:
                child.stop()
            raise
        return cls(
            root=root,
            engine=engine,
            engine_port=engine_port,
            broker=broker,
            broker_port=broker_port,
            cache=cache,
            cache_port=cache_port,
        )

    def with_broker_again(self) -> Self:
        """With a new broker in the place of a dead one; what it had taken in, it still has."""
        log = self.root / "log" / "broker.log"
        return replace(
            self, broker=start_broker(self.root / "broker", log=log, port=self.broker_port)
        )

    def with_cache_again(self) -> Self:
        """With a new, empty cache in the place of a dead one."""
        log = self.root / "log" / "cache.log"
        return replace(self, cache=start_cache(self.root / "cache", log=log, port=self.cache_port))

    @property
    def children(self) -> tuple[Child, Child, Child]:
        """In the order in which they are stopped: the engine last."""
        return (self.cache, self.broker, self.engine)

    def stop(self) -> None:
        """Stops them in order, and waits for what they save."""
        for child in self.children:
            child.stop()

    def kill(self) -> None:
        """Ends them at once; nothing is saved."""
        for child in self.children:
            child.kill()

    @property
    def engine_url(self) -> str:
        return f"http://127.0.0.1:{self.engine_port}"

    def environment(self) -> dict[str, str]:
        """What tells an application to use them: standard variables only."""
        return {
            "AWS_ENDPOINT_URL": self.engine_url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "embedded",
            "AWS_SECRET_ACCESS_KEY": "embedded",
            "AWS_EC2_METADATA_DISABLED": "true",
            "REDIS_URL": f"redis://127.0.0.1:{self.cache_port}/0",
            "CELERY_BROKER_URL": f"redis://127.0.0.1:{self.broker_port}/0",
        }
