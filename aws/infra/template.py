"""The whole template."""

from collections.abc import Callable, Iterable
from typing import Any

import yaml

from aws.cognito import UserPool
from aws.infra.heartbeats import heartbeat_resources
from aws.infra.references import Resource, Resources, arn_of, logical_id, ref, sub
from aws.infra.roles import role_resources
from aws.infra.state_machines import activity_resources, machine_resources
from aws.infra.storage import (
    bucket_resources,
    configuration_set_resources,
    key_resources,
    pool_resources,
    queue_resources,
    stream_resources,
    topic_resources,
)
from aws.infra.tables import table_resources
from aws.resources import (
    Activity,
    Bucket,
    Heartbeat,
    Queue,
    StateMachine,
    Stream,
    Table,
    Topic,
    declared,
)
from aws.ses import ConfigurationSet

_HEADER = """\
# Rendered by `manage.py render_infra` from the declarations in the apps' `resources.py`.
# Change those, not this file; infra/README.md says how to deploy it.
"""


def rendered() -> str:
    """The template as YAML, the same for the same declarations. Import the declarations first."""
    body: str = yaml.dump(template(), Dumper=_Plain, sort_keys=False, width=100)
    return _HEADER + body


def template() -> dict[str, Any]:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "TxHub: tables, streams, buckets, topics, queues, keys, machines, customers",
        "Parameters": _parameters(),
        "Resources": {**_resources(), **_endpoints(), **role_resources()},
        "Outputs": _outputs(),
    }


def _resources() -> Resources:
    return (
        key_resources()
        | _each(table_resources, declared(Table))
        | _each(stream_resources, declared(Stream))
        | _each(topic_resources, declared(Topic))
        | _each(queue_resources, declared(Queue))
        | _each(bucket_resources, declared(Bucket))
        | _each(pool_resources, declared(UserPool))
        | _each(activity_resources, declared(Activity))
        | _each(machine_resources, declared(StateMachine))
        | _each(configuration_set_resources, declared(ConfigurationSet))
        | _each(heartbeat_resources, declared(Heartbeat))
    )


def _each(render: Callable[[Any], Resources], declarations: Iterable[Any]) -> Resources:
    return {name: made for each in declarations for name, made in render(each).items()}


def _parameters() -> dict[str, Any]:
    text = "String"
    return {
        "Prefix": {
            "Type": text,
            "Default": "txhub",
            "AllowedPattern": "[a-z][a-z0-9-]{2,20}",
            "Description": "Starts every name, and is TXHUB_PREFIX of the processes. Buckets "
            "are unique in the world, so take one that is yours.",
        },
        "VpcId": {"Type": "AWS::EC2::VPC::Id", "Description": "Where the processes run."},
        "RouteTableIds": {
            "Type": "CommaDelimitedList",
            "Description": "Of the processes' subnets; DynamoDB and S3 are reached through them.",
        },
        "DatabaseSecretArn": {
            "Type": text,
            "Description": "Secret that holds DATABASE_URL of an RDS PostgreSQL.",
        },
        "CacheSecretArn": {
            "Type": text,
            "Description": "Secret that holds REDIS_URL and CELERY_BROKER_URL: two ElastiCache "
            "groups, the broker's with noeviction.",
        },
        "MailDomain": {
            "Type": text,
            "Default": "bank.example",
            "Description": "What mail is sent from; verified with SES in this region.",
        },
        "MetricsNamespace": {
            "Type": text,
            "Default": "TxHub",
            "Description": "METRICS_CLOUDWATCH_NAMESPACE of the processes.",
        },
    }


def _endpoints() -> Resources:
    """Traffic to DynamoDB and S3 stays inside the network, and costs nothing there."""
    return {"DynamoDBEndpoint": _endpoint("dynamodb"), "S3Endpoint": _endpoint("s3")}


def _endpoint(service: str) -> Resource:
    return {
        "Type": "AWS::EC2::VPCEndpoint",
        "Properties": {
            "VpcEndpointType": "Gateway",
            "VpcId": ref("VpcId"),
            "RouteTableIds": ref("RouteTableIds"),
            "ServiceName": sub("com.amazonaws.${AWS::Region}." + service),
        },
    }


def _outputs() -> dict[str, Any]:
    outputs = {
        "WebRoleArn": arn_of("WebRole"),
        "WorkerRoleArn": arn_of("WorkerRole"),
        "VaultKeyArn": arn_of("VaultKey"),
    }
    for pool in declared(UserPool):
        outputs[logical_id(pool, "Arn")] = arn_of(logical_id(pool))
    return {name: {"Value": value} for name, value in outputs.items()}


class _Plain(yaml.SafeDumper):
    """YAML without anchors, for people who read it."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True
