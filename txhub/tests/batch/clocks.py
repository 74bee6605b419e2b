"""Time, and sudden death, for tests."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class HandClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


class KilledError(BaseException):
    """Nobody handles it: what it interrupts ends as if the process had."""


def dies_at(calls: int) -> Callable[..., None]:
    """A function that may be called so often, and then kills its caller."""
    left = calls

    def call(*_arguments: object, **_more: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KilledError

    return call
