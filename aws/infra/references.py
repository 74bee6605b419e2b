"""CloudFormation's ways to speak of names and addresses, and the logical ids we give."""

from typing import Any

from aws.resources import Bucket, Declaration, Queue, Stream, Table, Topic
from aws.ses import ConfigurationSet

Resource = dict[str, Any]
Resources = dict[str, Resource]


def logical_id(declaration: Declaration, suffix: str = "") -> str:
    """`wrapped-keys` of a table as `WrappedKeysTable`; stable, since a new id means a new table."""
    words = declaration.name.replace("_", "-").split("-")
    kind = type(declaration).__name__
    return "".join(word.capitalize() for word in words) + kind + suffix


def sub(text: str) -> dict[str, str]:
    """Text in which `${...}` is replaced."""
    return {"Fn::Sub": text}


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def arn_of(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


def name_of(declaration: Declaration, suffix: str = "") -> dict[str, str]:
    """Its physical name, under the stack's own prefix."""
    return sub("${Prefix}-" + declaration.name + suffix)


def table_arn(table: Table) -> dict[str, list[str]]:
    return arn_of(logical_id(table))


def stream_arn(stream: Stream) -> dict[str, list[str]]:
    return arn_of(logical_id(stream))


def queue_arn(queue: Queue, suffix: str = "") -> dict[str, list[str]]:
    return arn_of(logical_id(queue, suffix))


def topic_arn(topic: Topic) -> dict[str, str]:
    return ref(logical_id(topic))


def bucket_arn(bucket: Bucket) -> dict[str, str]:
    """By name and not by reference: the topic's policy names the bucket, the bucket the topic."""
    return sub("arn:${AWS::Partition}:s3:::${Prefix}-" + bucket.name)


def set_arn(configuration_set: ConfigurationSet) -> dict[str, str]:
    return sub(
        "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/"
        "${Prefix}-" + configuration_set.name
    )


def tagged(properties: dict[str, Any], declaration: Declaration) -> dict[str, Any]:
    """With its purpose as a tag, in the characters that tags may have."""
    allowed = "".join(c if c.isalnum() or c in " .:/=+-@_" else " " for c in declaration.purpose)
    purpose = " ".join(allowed.split())[:256]
    return {**properties, "Tags": [{"Key": "purpose", "Value": purpose}]}
