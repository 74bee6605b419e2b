from collections.abc import Callable
from typing import Any

import pytest
from celery import Celery
from celery.result import EagerResult
from django.db import OperationalError

from aws.celery_task import HubTask
from aws.idempotency import InProgress
from aws.metrics import current_use_case
from aws.metrics.names import TASK_SECONDS, TaskLabels
from kernel.errors import Conflict, HubError, Missing, Refused, Unavailable
from kernel.ids import random_id
from kernel.retry import GiveUp, RetryAfter, RetryDecision, RetryPolicy

app = Celery("try", set_as_current=False)


class Impatient(HubTask):
    abstract = True
    retry_policy = RetryPolicy(attempts_max=3)


def _run(work: Callable[[], Any]) -> tuple[str, EagerResult[Any]]:
    """Runs it as a worker would, but without the waits between attempts."""
    name = random_id("try")
    task = app.task(name=name, base=Impatient)(work)
    return name, task.apply()


def _fails(error: Exception, attempts: list[int]) -> Callable[[], None]:
    def work() -> None:
        attempts.append(1)
        raise error

    return work


def _decision(error: HubError) -> RetryDecision:
    def work() -> None: ...

    task: Any = app.task(name=random_id("try"), base=Impatient)(work)
    decision: RetryDecision = task._decide(error)
    return decision


class TestHubTask:
    def test_returns_what_the_work_does(self) -> None:
        def work() -> int:
            return 5

        name, result = _run(work)
        assert result.get() == 5
        assert TASK_SECONDS.count(TaskLabels(name, "ok")) == 1

    def test_makes_its_calls_as_its_own_use_case(self) -> None:
        name, result = _run(current_use_case)
        assert result.get() == name

    @pytest.mark.parametrize(
        "error", [Unavailable(retry_after_s=0), InProgress(retry_after_s=7), OperationalError()]
    )
    def test_tries_again_what_passes(self, error: Exception) -> None:
        attempts: list[int] = []
        name, result = _run(_fails(error, attempts))
        with pytest.raises(type(error)):
            result.get()
        assert len(attempts) == 3
        assert TASK_SECONDS.count(TaskLabels(name, "retry")) == 2

    @pytest.mark.parametrize("error", [Missing(), Refused(), Conflict(), ValueError("a bug")])
    def test_does_not_try_again_what_stays(self, error: Exception) -> None:
        attempts: list[int] = []
        name, result = _run(_fails(error, attempts))
        with pytest.raises(type(error)):
            result.get()
        assert attempts == [1]
        assert TASK_SECONDS.count(TaskLabels(name, getattr(error, "code", "error"))) == 1

    def test_succeeds_where_the_second_attempt_does(self) -> None:
        attempts: list[int] = []

        def work() -> str:
            attempts.append(1)
            if len(attempts) == 1:
                raise Unavailable
            return "there"

        _name, result = _run(work)
        assert result.get() == "there"


class TestDecision:
    def test_waits_for_the_other_s_lease(self) -> None:
        assert _decision(InProgress(retry_after_s=31)) == RetryAfter(31)

    def test_waits_as_long_as_the_service_asks_at_least(self) -> None:
        decision = _decision(Unavailable(retry_after_s=9))
        assert isinstance(decision, RetryAfter)
        assert decision.seconds >= 9

    def test_gives_a_conflict_up(self) -> None:
        assert isinstance(_decision(Conflict()), GiveUp)
