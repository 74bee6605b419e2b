"""Step Functions: activities, and the machines with the role that may do nothing."""

from aws.infra.references import Resources, arn_of, logical_id, name_of, ref, tagged
from aws.provisioning.state_machines import TRUST
from aws.resources import Activity, StateMachine


def activity_resources(activity: Activity) -> Resources:
    properties = tagged({"Name": name_of(activity)}, activity)
    return {
        logical_id(activity): {"Type": "AWS::StepFunctions::Activity", "Properties": properties}
    }


def machine_resources(machine: StateMachine) -> Resources:
    """The machine, in whose definition CloudFormation puts the activities' ARNs, and its role."""
    properties = {
        "StateMachineName": name_of(machine),
        "RoleArn": arn_of(logical_id(machine, "Role")),
        "Definition": dict(machine.definition),
        "DefinitionSubstitutions": {
            each.substitution: ref(logical_id(each)) for each in machine.activities
        },
    }
    return {
        logical_id(machine): {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": tagged(properties, machine),
        },
        logical_id(machine, "Role"): {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "Description": machine.purpose,
                "AssumeRolePolicyDocument": TRUST,
                "Policies": [],
            },
        },
    }
