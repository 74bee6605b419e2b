"""The door to Step Functions, and its provisioning, on the engine."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from aws import stepfunctions
from aws.arns import machine_arn
from aws.infra.state_machines import machine_resources
from aws.provisioning import state_machines
from aws.resources import Activity, Declaration, StateMachine
from aws.sessions import client
from aws.stepfunctions import Task, take
from kernel.ids import random_id


def _declared(kind: type, **facts: Any) -> Any:
    """A declaration of one test alone, which no other test's `provision` sees."""
    name = random_id("try").replace("_", "-")
    made = kind(name=name, purpose="A try.", **facts)
    Declaration._declared.pop((kind, name))
    return made


def _machine(activity: Activity, **facts: Any) -> StateMachine:
    work = {"Type": "Task", "Resource": activity.placeholder, "End": True, **facts}
    definition = {"StartAt": "work", "States": {"work": work}}
    made: StateMachine = _declared(StateMachine, definition=definition, activities=(activity,))
    return made


@pytest.fixture
def activity() -> Activity:
    made: Activity = _declared(Activity)
    assert state_machines.ensure_activity(made) == [f"activity {made.physical_name}"]
    return made


@pytest.fixture
def machine(activity: Activity) -> Iterator[StateMachine]:
    made = _machine(activity)
    state_machines.ensure(made)
    yield made
    stepfunctions.stop(made, "one", "the test is over")


def _taken(activity: Activity) -> Task:
    task = take(activity)
    assert task is not None
    return task


def _ended_as(machine: StateMachine, name: str) -> str | None:
    for _look in range(100):
        if (status := stepfunctions.status(machine, name)) != "RUNNING":
            return status
        time.sleep(0.05)
    return "RUNNING"


class TestAnExecution:
    def test_of_a_name_starts_once(self, machine: StateMachine) -> None:
        assert stepfunctions.start(machine, "one", {"number": 1})
        assert not stepfunctions.start(machine, "one", {"number": 2})
        assert stepfunctions.status(machine, "one") == "RUNNING"
        assert stepfunctions.status(machine, "another") is None

    def test_is_stopped_once_and_may_be_gone(self, machine: StateMachine) -> None:
        stepfunctions.start(machine, "one", {})
        for _again in range(2):
            stepfunctions.stop(machine, "one", "enough")
            assert stepfunctions.status(machine, "one") == "ABORTED"
        stepfunctions.stop(machine, "never was", "enough")

    def test_goes_on_with_the_answer_of_its_task(
        self, machine: StateMachine, activity: Activity
    ) -> None:
        stepfunctions.start(machine, "one", {"number": 1})
        task = _taken(activity)
        assert task.input == {"number": 1}
        assert stepfunctions.succeed(task, {"number": 2})
        assert _ended_as(machine, "one") == "SUCCEEDED"

    def test_fails_with_its_task(self, machine: StateMachine, activity: Activity) -> None:
        stepfunctions.start(machine, "one", {})
        assert stepfunctions.fail(_taken(activity), "broken", "for good")
        assert _ended_as(machine, "one") == "FAILED"

    def test_does_not_hear_an_answer_that_comes_too_late(self) -> None:
        late = Task("a token that nobody gave out", {})
        assert not stepfunctions.succeed(late, {})
        assert not stepfunctions.fail(late, "broken", "")


class TestAMachine:
    def test_is_created_once(self, activity: Activity) -> None:
        machine = _machine(activity)
        assert state_machines.ensure(machine) == [f"state machine {machine.physical_name}"]
        assert state_machines.ensure(machine) == []
        assert state_machines.ensure_activity(activity) == []

    def test_is_brought_to_its_definition(self, activity: Activity) -> None:
        machine = _machine(activity)
        state_machines.ensure(machine)
        changed = _machine(activity, TimeoutSeconds=5)
        object.__setattr__(changed, "name", machine.name)
        assert state_machines.ensure(changed) == []
        found = client("stepfunctions").describe_state_machine(stateMachineArn=machine_arn(machine))
        assert '"TimeoutSeconds": 5' in found["definition"]

    def test_speaks_of_its_activities_by_their_arns(self, activity: Activity) -> None:
        made = state_machines.definition(_machine(activity))
        resource: str = made["States"]["work"]["Resource"]
        assert resource.startswith("arn:aws:states:")
        assert resource.endswith(f":activity:{activity.physical_name}")

    def test_is_rendered_with_a_role_that_may_do_nothing(self, activity: Activity) -> None:
        machine, role = machine_resources(_machine(activity)).values()
        assert list(machine["Properties"]["DefinitionSubstitutions"]) == [activity.substitution]
        assert role["Properties"]["Policies"] == []
