"""Health: `/livez` says that this process answers, `/readyz` that all it depends on does too.

A place that is about to stop says so first (`manage.py drain`): it is not ready from then on, and
goes on answering what still comes until it is stopped.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import connections
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from aws.draining import is_draining
from aws.sessions import build_client

ANSWER_S_MAX = 2.0
# Anybody may ask, so asking often must not cost the dependencies anything.
KEPT_S = 1.0

log = structlog.get_logger(__name__)


@never_cache
def livez(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when every dependency answers in time, else 503; the body tells each one's state."""
    states = _last_look()
    if is_draining():
        states = {**states, "draining": "about to stop"}
    ready = all(state == "ok" for state in states.values())
    body = {"status": "ok" if ready else "unavailable", "checks": states}
    return JsonResponse(body, status=200 if ready else 503)


def look() -> dict[str, str]:
    """Asks all of them at once: `ok`, `timeout`, or the name of the error."""
    pool = ThreadPoolExecutor(max_workers=len(CHECKS))
    asked = {name: pool.submit(check) for name, check in CHECKS.items()}
    wait(asked.values(), timeout=ANSWER_S_MAX)
    pool.shutdown(wait=False, cancel_futures=True)
    return {name: _state(name, answer) for name, answer in asked.items()}


def _state(name: str, answer: Future[None]) -> str:
    if not answer.done():
        return "timeout"
    if (error := answer.exception()) is None:
        return "ok"
    log.warning("dependency_unavailable", dependency=name, error=type(error).__name__)
    return type(error).__name__


_kept: tuple[float, dict[str, str]] = (float("-inf"), {})


def _last_look() -> dict[str, str]:
    global _kept
    if time.monotonic() - _kept[0] > KEPT_S:
        _kept = (time.monotonic(), look())
    return _kept[1]


def _dynamodb() -> None:
    _quick_dynamodb().list_tables(Limit=1)


@cache
def _quick_dynamodb() -> Any:
    """A client that gives up at once: waiting and trying again is for real work."""
    once = {"mode": "standard", "total_max_attempts": 1}
    return build_client("dynamodb", connect_timeout=1, read_timeout=1, retries=once)


def _redis(url: str) -> None:
    with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as server:
        server.ping()


def _database() -> None:
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connections["default"].close()  # this thread's own


CHECKS: dict[str, Callable[[], None]] = {
    "dynamodb": _dynamodb,
    "cache": lambda: _redis(settings.REDIS_URL),
    "broker": lambda: _redis(settings.CELERY_BROKER_URL),
    "database": _database,
}
