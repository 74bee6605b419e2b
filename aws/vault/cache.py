"""What a process keeps of its keys: bounded, with a lifetime, renewed before it ends.

put          renew_at (0.7 .. 0.8 of the lifetime)        expires
 |------ fresh ------|------ served, and renewed behind ------|---- gone ----|
"""

import random
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
Monotonic = Callable[[], float]

# After a renewal that failed, or has not come back, the next one is asked for so much later.
_ASK_AGAIN_S = 10.0


class _Entry(Generic[V]):
    __slots__ = ("expires", "renew_at", "value")

    def __init__(self, value: V, renew_at: float, expires: float) -> None:
        self.value = value
        self.renew_at = renew_at
        self.expires = expires


class Cache(Generic[K, V]):
    """The most recently used `size_max` values; none is ever served after `lifetime_s`.

    `renew` hears of a key that was used and will expire soon. It must return at once.
    """

    def __init__(
        self,
        *,
        size_max: int,
        lifetime_s: float,
        renew: Callable[[K], None],
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._size_max = size_max
        self._lifetime_s = lifetime_s
        self._renew = renew
        self._monotonic = monotonic
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value, or None where there is none or its life is over."""
        now = self._monotonic()
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            if now >= entry.expires:
                del self._entries[key]
                return None
            self._entries.move_to_end(key)
            is_due = now >= entry.renew_at
            if is_due:
                entry.renew_at = now + _ASK_AGAIN_S
        if is_due:
            self._renew(key)
        return entry.value

    def put(self, key: K, value: V, *, read_at: float) -> None:
        """Keeps a value whose reading began at `read_at`: its lifetime counts from then."""
        # Spread, so that keys loaded together are not all renewed in one moment.
        renew_at = read_at + self._lifetime_s * random.uniform(0.7, 0.8)  # noqa: S311 - no secret
        entry = _Entry(value, renew_at, read_at + self._lifetime_s)
        with self._lock:
            self._entries[key] = entry
            self._entries.move_to_end(key)
            while len(self._entries) > self._size_max:
                self._entries.popitem(last=False)

    def drop(self, key: K) -> None:
        """Forgets one value."""
        with self._lock:
            self._entries.pop(key, None)

    def __len__(self) -> int:
        return len(self._entries)
