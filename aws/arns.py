"""The addresses (ARNs) of what is declared, in the account and region that we run in."""

from functools import cache

from aws.errors import translated
from aws.resources import Activity, Bucket, Queue, StateMachine, Topic
from aws.sessions import client


@cache
def account_id() -> str:
    """The twelve digits of the account whose credentials we use. One STS call a process."""
    with translated():
        return str(client("sts").get_caller_identity()["Account"])


def region() -> str:
    """Such as `eu-west-2`, as botocore resolved it."""
    return str(client("sts").meta.region_name)


def topic_arn(topic: Topic) -> str:
    return f"arn:{partition()}:sns:{region()}:{account_id()}:{topic.physical_name}"


def queue_arn(queue: Queue, *, dead_letters: bool = False) -> str:
    name = queue.dead_letter_name if dead_letters else queue.physical_name
    return f"arn:{partition()}:sqs:{region()}:{account_id()}:{name}"


def activity_arn(activity: Activity) -> str:
    return _states_arn("activity", activity.physical_name)


def machine_arn(machine: StateMachine) -> str:
    return _states_arn("stateMachine", machine.physical_name)


def execution_arn(machine: StateMachine, name: str) -> str:
    return _states_arn("execution", f"{machine.physical_name}:{name}")


def _states_arn(kind: str, name: str) -> str:
    return f"arn:{partition()}:states:{region()}:{account_id()}:{kind}:{name}"


def bucket_arn(bucket: Bucket) -> str:
    return f"arn:{partition()}:s3:::{bucket.physical_name}"


def partition() -> str:
    """`aws`; other ones in China and for governments."""
    return str(client("sts").meta.partition)
