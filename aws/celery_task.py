"""The base of every Celery task: what errors mean, and what is measured.

    @shared_task(base=HubTask)
    def store_chunk(*, chunk_id: str, **_later: object) -> None:

`Unavailable` is tried again after a wait with jitter; work that another process holds
(`InProgress`) after that one's lease; every other error is final. Request and job ids come along
in structlog's context (django-structlog carries it with the message).
"""

import time
from typing import Any, ClassVar

import structlog
from celery import Task
from celery.exceptions import Retry
from celery.signals import (
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
)
from django.db import InterfaceError, OperationalError

from aws.idempotency import InProgress
from aws.metrics import reporting, use_case
from aws.metrics.names import TASK_SECONDS, TaskLabels
from kernel.errors import HubError, Unavailable
from kernel.retry import GiveUp, RetryAfter, RetryDecision, RetryPolicy

log = structlog.get_logger(__name__)


class HubTask(Task):  # type: ignore[type-arg]  # celery-types wants parameters that Celery lacks
    """See the module. A task may bring a `retry_policy` of its own."""

    abstract = True
    retry_policy: ClassVar[RetryPolicy] = RetryPolicy()
    max_retries = None  # the policy counts

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        outcome = "error"
        try:
            with use_case(self.name):
                result = super().__call__(*args, **kwargs)
            outcome = "ok"
            return result
        except Retry:
            outcome = "retry"
            raise
        except (HubError, OperationalError, InterfaceError) as error:
            meaning = _meaning(error)
            decision = self._decide(meaning)
            outcome = "retry" if isinstance(decision, RetryAfter) else meaning.code
            self._act(decision, error)
            raise
        finally:
            seconds = time.perf_counter() - started
            TASK_SECONDS.observe(TaskLabels(self.name, outcome), seconds)

    def _decide(self, error: HubError) -> RetryDecision:
        attempt = self.request.retries + 1
        if isinstance(error, InProgress):
            if attempt >= self.retry_policy.attempts_max:
                return GiveUp(f"another process still holds the work after {attempt} attempts")
            return RetryAfter(error.retry_after_s)
        return self.retry_policy.decide(error, attempt=attempt)

    def _act(self, decision: RetryDecision, error: Exception) -> None:
        """Raises Celery's `Retry`, or returns where there is nothing more to try."""
        if isinstance(decision, GiveUp):
            log.error("task_given_up", task=self.name, reason=decision.reason)
            return
        log.warning("task_retries", task=self.name, delay_s=round(decision.seconds, 1))
        raise self.retry(exc=error, countdown=decision.seconds)


def _meaning(error: Exception) -> HubError:
    """The relational database that is busy or restarting is a dependency like any other."""
    if isinstance(error, HubError):
        return error
    return Unavailable(f"relational database: {type(error).__name__}")


def _start_reporting(**_arguments: object) -> None:
    reporting.start("worker")


def _stop_reporting(**_arguments: object) -> None:
    reporting.stop()


# The pool's children are forked and end without running `atexit`; the parent counts as well.
for _signal in (worker_ready, worker_process_init):
    _signal.connect(_start_reporting, weak=False)
for _signal in (worker_shutdown, worker_process_shutdown):
    _signal.connect(_stop_reporting, weak=False)
