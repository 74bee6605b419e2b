"""How an app has a dead letter of its own done again. It declares it in `<app>/operations.py`:

    REPLAYS = (Replay(queue="messages", run=_store_again),)

Dead letters of all other queues go back to the queue that they came from.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """`run` takes the letter as it lies there, and says what became of it. It is safe to repeat,
    and raises `Refused` where the letter must stay."""

    queue: str
    run: Callable[[str], str]
