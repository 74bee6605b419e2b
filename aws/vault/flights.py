"""Single flight, and renewal behind the scenes: two ways of not making somebody wait twice."""

import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import Generic, TypeVar

import structlog

from aws.metrics import use_case
from kernel.errors import HubError, Unavailable

K = TypeVar("K")
V = TypeVar("V")
_log = structlog.get_logger(__name__)


class Flights(Generic[K, V]):
    """However many threads want a value at once, one fetches it and the others wait for that."""

    def __init__(self) -> None:
        self._under_way: dict[K, Future[V | None]] = {}
        self._lock = threading.Lock()

    def fetch(self, keys: Collection[K], load: Callable[[list[K]], dict[K, V]]) -> dict[K, V]:
        """The values that exist. `load` is called at most once, with the keys that nobody fetches.

        Others' failures are raised here too.
        """
        mine, others = self._claim(keys)
        found = self._load(mine, load) if mine else {}
        for key, future in others.items():
            value = future.result()
            if value is not None:
                found[key] = value
        return found

    def _claim(
        self, keys: Collection[K]
    ) -> tuple[dict[K, Future[V | None]], dict[K, Future[V | None]]]:
        with self._lock:
            others = {key: self._under_way[key] for key in keys if key in self._under_way}
            mine: dict[K, Future[V | None]] = {key: Future() for key in keys if key not in others}
            self._under_way |= mine
        return mine, others

    def _load(
        self, mine: dict[K, Future[V | None]], load: Callable[[list[K]], dict[K, V]]
    ) -> dict[K, V]:
        try:
            found = load(list(mine))
        except BaseException as error:
            self._land(mine)
            for future in mine.values():
                future.set_exception(_for_others(error))
            raise
        self._land(mine)
        for key, future in mine.items():
            future.set_result(found.get(key))
        return found

    def _land(self, mine: dict[K, Future[V | None]]) -> None:
        with self._lock:
            for key in mine:
                del self._under_way[key]


def _for_others(error: BaseException) -> Exception:
    """What those hear who only waited: a time limit or a Ctrl-C of the leader is not theirs."""
    if isinstance(error, HubError):
        return error
    return Unavailable("whoever was fetching this key was interrupted", retry_after_s=0)


class Renewals(Generic[K]):
    """Renews keys on a thread of its own, `batch_max` at a time; the thread ends when idle."""

    def __init__(self, renew: Callable[[list[K]], None], *, batch_max: int = 100) -> None:
        self._renew = renew
        self._batch_max = batch_max
        self._asked: dict[K, None] = {}
        self._is_running = False
        self._lock = threading.Lock()

    def ask(self, key: K) -> None:
        """Asks for one key to be renewed soon; returns at once."""
        with self._lock:
            self._asked[key] = None
            if self._is_running:
                return
            self._is_running = True
        threading.Thread(target=self._run, name="vault-renewals", daemon=True).start()

    def _run(self) -> None:
        while batch := self._next_batch():
            try:
                with use_case("vault.renewals"):
                    self._renew(batch)
            except Exception as error:
                # Nobody waits for it. The key is asked for again, or expires and is read then.
                _log.warning("vault_renewal_failed", keys=len(batch), error=type(error).__name__)

    def _next_batch(self) -> list[K]:
        with self._lock:
            batch = list(self._asked)[: self._batch_max]
            for key in batch:
                del self._asked[key]
            self._is_running = bool(batch)
            return batch
