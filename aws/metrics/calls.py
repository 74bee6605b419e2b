"""Which feature makes the AWS calls: `with use_case("accounts.page"): ...`.

The name travels in a context variable, so it follows the code into every repository and door
below, and cost is known for each feature.
"""

from collections.abc import Callable
from contextvars import ContextVar, Token
from functools import wraps
from types import TracebackType
from typing import ParamSpec, TypeVar

from aws.metrics.names import AWS_CALL_SECONDS, CAPACITY_UNITS, CallLabels, CapacityLabels

P = ParamSpec("P")
R = TypeVar("R")
UNNAMED = "unnamed"
_current: ContextVar[str] = ContextVar("use_case", default=UNNAMED)


class use_case:  # noqa: N801  # reads as a statement: `with use_case("accounts.page"):`
    """Names the feature that the block, or the decorated function, works for; the innermost counts.

    Threads that the block starts do not inherit it unless they run in a copy of its context. A
    decorated generator function would leave the block before its first item: use `with` inside.
    """

    __slots__ = ("_name", "_token")

    def __init__(self, name: str) -> None:
        self._name = name
        self._token: Token[str] | None = None

    def __enter__(self) -> None:
        self._token = _current.set(self._name)

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        assert self._token is not None
        _current.reset(self._token)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        name = self._name

        @wraps(function)
        def named(*args: P.args, **kwargs: P.kwargs) -> R:
            token = _current.set(name)
            try:
                return function(*args, **kwargs)
            finally:
                _current.reset(token)

        return named


def current_use_case() -> str:
    """The feature that the caller works for; `unnamed` where nobody said."""
    return _current.get()


def record_call(
    service: str, operation: str, seconds: float, outcome: str, capacity_units: float
) -> None:
    """One AWS call, under the use-case that made it; `outcome` is `ok` or AWS's error code."""
    name = _current.get()
    AWS_CALL_SECONDS.observe(CallLabels(name, service, operation, outcome), seconds)
    if capacity_units:
        CAPACITY_UNITS.add(CapacityLabels(name, operation), capacity_units)
