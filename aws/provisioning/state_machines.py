"""Creates activities and state machines, and the role that these have: it may do nothing at all,
since what their tasks do is done by our own processes."""

import json
from typing import Any

from aws.arns import activity_arn, machine_arn
from aws.errors import translated
from aws.resources import Activity, StateMachine
from aws.sessions import client

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def ensure_activity(activity: Activity) -> list[str]:
    states = client("stepfunctions")
    with translated():
        try:
            states.describe_activity(activityArn=activity_arn(activity))
        except states.exceptions.ActivityDoesNotExist:
            states.create_activity(name=activity.physical_name)
            return [f"activity {activity.physical_name}"]
    return []


def ensure(machine: StateMachine) -> list[str]:
    """Creates the machine, or brings it to its definition; executions under way keep theirs."""
    states, at = client("stepfunctions"), {"stateMachineArn": machine_arn(machine)}
    wanted = definition(machine)
    with translated():
        try:
            found = states.describe_state_machine(**at)
        except states.exceptions.StateMachineDoesNotExist:
            states.create_state_machine(
                name=machine.physical_name, definition=json.dumps(wanted), roleArn=_role(machine)
            )
            return [f"state machine {machine.physical_name}"]
        if json.loads(found["definition"]) != wanted:
            states.update_state_machine(**at, definition=json.dumps(wanted))
    return []


def definition(machine: StateMachine) -> dict[str, Any]:
    """With the ARNs of its activities."""
    text = json.dumps(machine.definition)
    for activity in machine.activities:
        text = text.replace(activity.placeholder, activity_arn(activity))
    made: dict[str, Any] = json.loads(text)
    return made


def _role(machine: StateMachine) -> str:
    """Its ARN."""
    iam, name = client("iam"), f"{machine.physical_name}-states"
    try:
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    except iam.exceptions.EntityAlreadyExistsException:
        made = iam.get_role(RoleName=name)
    return str(made["Role"]["Arn"])
