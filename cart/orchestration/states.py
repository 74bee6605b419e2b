"""The state machine of a saga, in the Amazon States Language.

a step             a task; a step that may be refused is followed by a choice
refused            an outcome, not an error: what comes before it is taken back
failed for good    is retried first, and then taken back with what comes before it; from the
                   pivot on it ends the execution, and the check-out waits for the next one
in doubt           is asked again until it is known
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aws.resources import Activity
from cart.domain.saga import Action, InDoubt, Outcome, Saga, Service, Step

State = dict[str, Any]
UNAVAILABLE = "unavailable"  # what a task says when it should be given out again
_ANSWER = "$.answer"  # a step's outcome and reason, or the error that it ended in
_GIVEN_UP = "waits for the next execution"
_TASK_S_MAX = 30
_RETRY = [
    {
        "ErrorEquals": [InDoubt.code],
        "IntervalSeconds": 1,
        "BackoffRate": 1.5,
        "MaxDelaySeconds": 10,
        "MaxAttempts": 100,
    },
    {
        "ErrorEquals": [UNAVAILABLE, "States.Timeout"],
        "IntervalSeconds": 1,
        "BackoffRate": 2.0,
        "MaxDelaySeconds": 10,
        "MaxAttempts": 5,
        "JitterStrategy": "FULL",
    },
]


def state_machine(
    saga: Saga, activities: Mapping[Service, Activity], patience: timedelta
) -> dict[str, Any]:
    """`patience`: how long an execution may take; after that the next one goes on."""
    forward = _Forward(saga, activities)
    return {
        "Comment": "Made from cart/services/checkout.py; change that, not this.",
        "StartAt": saga.steps[0].does.name,
        "TimeoutSeconds": int(patience.total_seconds()),
        "States": {**forward.states(), **_way_back(saga, activities), _GIVEN_UP: _fail()},
    }


class _Forward:
    """The steps, each with where it leads."""

    def __init__(self, saga: Saga, activities: Mapping[Service, Activity]) -> None:
        self._saga, self._activities = saga, activities
        self._pivot = next(n for n, step in enumerate(saga.steps) if step.is_pivot)

    def states(self) -> dict[str, State]:
        states: dict[str, State] = {}
        for number, step in enumerate(self._saga.steps):
            states |= self._step(number, step)
        return states

    def _step(self, number: int, step: Step) -> dict[str, State]:
        name, following = step.does.name, self._saga.steps[number + 1 : number + 2]
        onward: State = {"Next": following[0].does.name} if following else {"End": True}
        task = _task(step.does, self._activities, result=_ANSWER)
        task["Catch"] = [_catch(self._after_failure(number))]
        if number > self._pivot:
            return {name: task | onward}
        choice = f"{name}: refused?"
        refused = {
            "Variable": f"{_ANSWER}.outcome",
            "StringEquals": Outcome.REFUSED.value,
            "Next": self._saga.way_back(number)[0].name,
        }
        asked: State = {"Type": "Choice", "Choices": [refused], "Default": onward["Next"]}
        return {name: task | {"Next": choice}, choice: asked}

    def _after_failure(self, number: int) -> str:
        """Nobody knows whether it was done, so it is taken back itself where that can be."""
        if number >= self._pivot:
            return _GIVEN_UP
        return self._saga.way_back(number + 1)[0].name


def _way_back(saga: Saga, activities: Mapping[Service, Activity]) -> dict[str, State]:
    actions = saga.compensations
    states = {}
    for action, following in zip(actions, [*actions[1:], None], strict=True):
        task = _task(action, activities, result=None)
        task["Parameters"]["because.$"] = _ANSWER
        task["Catch"] = [_catch(_GIVEN_UP)]
        states[action.name] = task | ({"Next": following.name} if following else {"End": True})
    return states


def _task(action: Action, activities: Mapping[Service, Activity], *, result: str | None) -> State:
    return {
        "Type": "Task",
        "Resource": activities[action.service].placeholder,
        "Parameters": {
            "action": action.name,
            "checkout.$": "$.checkout",
            "purchase.$": "$.purchase",
        },
        "ResultPath": result,
        "TimeoutSeconds": _TASK_S_MAX,
        "Retry": _RETRY,
    }


def _catch(following: str) -> State:
    return {"ErrorEquals": ["States.ALL"], "ResultPath": _ANSWER, "Next": following}


def _fail() -> State:
    cause = "What may neither fail nor be taken back failed; the check-out's time line says why."
    return {"Type": "Fail", "Error": "saga_stuck", "Cause": cause}
