"""The door to Step Functions: executions of our state machines, and the tasks of their activities.

Whoever takes a task answers with its token; one that is not answered in time is given out again
under another token, and the late answer is refused.
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from aws.arns import activity_arn, execution_arn, machine_arn
from aws.errors import translated
from aws.resources import Activity, StateMachine
from aws.sessions import build_client, client, shared

# A poll is answered after 60 s at the latest. It is not repeated by the client, since one that is
# left alone may swallow a task.
_POLL_READ_TIMEOUT_S = 70
_POLLS_MAX = 64
_CAUSE_LENGTH_MAX = 32_768
_WORKER = f"{socket.gethostname()}/{os.getpid()}"


@dataclass(frozen=True, slots=True)
class Task:
    """A task of an activity, to be answered with `succeed` or `fail`."""

    token: str
    input: Mapping[str, Any]


def start(machine: StateMachine, name: str, given: Mapping[str, Any]) -> bool:
    """Starts an execution; False where there is, or was, one of that name."""
    states = client("stepfunctions")
    with translated():
        try:
            states.start_execution(
                stateMachineArn=machine_arn(machine), name=name, input=orjson.dumps(given).decode()
            )
        except states.exceptions.ExecutionAlreadyExists:
            return False
    return True


def stop(machine: StateMachine, name: str, cause: str) -> None:
    """Stops an execution; nothing where it has ended, or never began."""
    if status(machine, name) != "RUNNING":
        return
    states = client("stepfunctions")
    with translated():
        try:
            states.stop_execution(executionArn=execution_arn(machine, name), cause=cause)
        except states.exceptions.ValidationException:
            return  # it has ended meanwhile


def status(machine: StateMachine, name: str) -> str | None:
    """Such as `RUNNING`; None where no execution has this name."""
    states = client("stepfunctions")
    with translated():
        try:
            found = states.describe_execution(executionArn=execution_arn(machine, name))
        except states.exceptions.ExecutionDoesNotExist:
            return None
    return str(found["status"])


def take(activity: Activity) -> Task | None:
    """The next task; None where none has come within a minute."""
    with translated():
        answer = _polling().get_activity_task(
            activityArn=activity_arn(activity), workerName=_WORKER
        )
    if not answer.get("taskToken"):
        return None
    return Task(answer["taskToken"], orjson.loads(answer["input"]))


def succeed(task: Task, output: Mapping[str, Any]) -> bool:
    """Whether the answer still counts."""
    return _answered("send_task_success", task, output=orjson.dumps(output).decode())


def fail(task: Task, error: str, cause: str) -> bool:
    """Whether the answer still counts. `error` is what the machine's Retry and Catch go by."""
    return _answered("send_task_failure", task, error=error, cause=cause[:_CAUSE_LENGTH_MAX])


def _answered(call: str, task: Task, **answer: str) -> bool:
    states = client("stepfunctions")
    too_late = (states.exceptions.TaskTimedOut, states.exceptions.TaskDoesNotExist)
    with translated():
        try:
            getattr(states, call)(taskToken=task.token, **answer)
        except too_late:
            return False
    return True


def _polling() -> Any:
    """A client of its own: its calls take up to a minute, and there are many at a time."""
    return shared(
        "stepfunctions, polling",
        lambda: build_client(
            "stepfunctions",
            read_timeout=_POLL_READ_TIMEOUT_S,
            retries={"total_max_attempts": 1},
            max_pool_connections=_POLLS_MAX,
        ),
    )
