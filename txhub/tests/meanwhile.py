"""Somebody else is at work, or this process dies, right after some call to DynamoDB."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from aws.dynamodb.client import data_client

WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}


class Died(Exception):
    """The worker was killed."""


@contextmanager
def dying_after(writes: int) -> Iterator[None]:
    """The process dies right after so many writes have reached DynamoDB."""
    done = count(1)

    def listen(operation: str, *_told: object) -> None:
        if operation in WRITES and next(done) >= writes:
            raise Died

    with _listening(listen):
        yield


@contextmanager
def meanwhile(operation: str, number: int, act: Callable[[], object]) -> Iterator[None]:
    """After the call of this number, somebody else acts, once. Fails where it never came to it."""
    done, acted = count(1), [False]

    def listen(called: str, *_told: object) -> None:
        if called == operation and not acted[0] and next(done) == number:
            acted[0] = True
            act()

    with _listening(listen):
        yield
    assert acted[0], f"no call of {operation} number {number}"


@contextmanager
def recording(events: list[tuple[str, dict[str, object]]]) -> Iterator[None]:
    """Operations and their parameters, as they are called."""

    def listen(operation: str, sent: dict[str, object], *_told: object) -> None:
        events.append((operation, sent))

    with _listening(listen):
        yield


@contextmanager
def _listening(listen: Callable[..., None]) -> Iterator[None]:
    listeners = data_client().listeners
    listeners.append(listen)
    try:
        yield
    finally:
        listeners.remove(listen)
