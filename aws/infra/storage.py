"""Keys, buckets, streams, topics, queues, the pool of customers, and what mail is sent under."""

from collections.abc import Iterator
from typing import Any

from aws.cognito import UserPool, client_settings, pool_settings
from aws.infra.references import (
    Resource,
    Resources,
    arn_of,
    bucket_arn,
    logical_id,
    name_of,
    queue_arn,
    ref,
    set_arn,
    sub,
    tagged,
    topic_arn,
)
from aws.provisioning.buckets import PUBLIC_ACCESS_BLOCK, UPLOAD_DAYS_MAX
from aws.provisioning.queues import RETENTION_S, topic_policy
from aws.provisioning.topics import bucket_statement
from aws.resources import Bucket, Queue, Stream, Topic, declared
from aws.ses import ConfigurationSet, event_destination, topic_statement

_KEPT = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def key_resources() -> Resources:
    """The key below our own sealing, and the one above the vault's branch keys: not the same, so
    that who may read a table's bytes may not unwrap a key."""
    return {
        **_key("StorageKey", "storage", "Encryption at rest of tables and buckets"),
        **_key("VaultKey", "vault", "Wraps the vault's branch keys"),
    }


def _key(name: str, alias: str, description: str) -> Resources:
    return {
        name: {
            "Type": "AWS::KMS::Key",
            **_KEPT,
            "Properties": {
                "Description": description,
                "EnableKeyRotation": True,
                "PendingWindowInDays": 30,
                "KeyPolicy": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Sid": "RightsAreGivenByIam",
                            "Effect": "Allow",
                            "Principal": {
                                "AWS": sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
                            },
                            "Action": "kms:*",
                            "Resource": "*",
                        }
                    ],
                },
            },
        },
        f"{name}Alias": {
            "Type": "AWS::KMS::Alias",
            "Properties": {
                "AliasName": sub("alias/${Prefix}-" + alias),
                "TargetKeyId": ref(name),
            },
        },
    }


def bucket_resources(bucket: Bucket) -> Resources:
    """The bucket, and the policy that lets nobody in without TLS."""
    return {
        logical_id(bucket): _bucket(bucket),
        logical_id(bucket, "Policy"): {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": ref(logical_id(bucket)), "PolicyDocument": _tls_only(bucket)},
        },
    }


def _bucket(bucket: Bucket) -> Resource:
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn_of("StorageKey")}
    properties: dict[str, Any] = {
        "BucketName": name_of(bucket),
        "PublicAccessBlockConfiguration": PUBLIC_ACCESS_BLOCK,
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": True}
            ]
        },
        "LifecycleConfiguration": {"Rules": [_lifecycle_rule(bucket)]},
    }
    if bucket.versioned:
        properties["VersioningConfiguration"] = {"Status": "Enabled"}
    made: Resource = {"Type": "AWS::S3::Bucket", **_KEPT}
    if bucket.notifies:
        made["DependsOn"] = [logical_id(bucket.notifies, "Policy")]
        event = {"Event": "s3:ObjectCreated:*", "Topic": topic_arn(bucket.notifies)}
        properties["NotificationConfiguration"] = {"TopicConfigurations": [event]}
    return {**made, "Properties": tagged(properties, bucket)}


def _lifecycle_rule(bucket: Bucket) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "Id": "expiry",
        "Status": "Enabled",
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UPLOAD_DAYS_MAX},
    }
    if bucket.expire_days:
        rule["ExpirationInDays"] = bucket.expire_days
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": bucket.expire_days}
    return rule


def _tls_only(bucket: Bucket) -> dict[str, Any]:
    contents = sub("arn:${AWS::Partition}:s3:::${Prefix}-" + bucket.name + "/*")
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyThroughTls",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [bucket_arn(bucket), contents],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def stream_resources(stream: Stream) -> Resources:
    """The Kinesis stream, with as many shards as declared, or as many as its load wants."""
    properties: dict[str, Any] = {
        "Name": name_of(stream),
        "RetentionPeriodHours": stream.retention_hours,
        "StreamEncryption": {"EncryptionType": "KMS", "KeyId": arn_of("StorageKey")},
        "StreamModeDetails": {"StreamMode": "ON_DEMAND"},
    }
    if stream.shards is not None:
        properties["StreamModeDetails"] = {"StreamMode": "PROVISIONED"}
        properties["ShardCount"] = stream.shards
    made = {"Type": "AWS::Kinesis::Stream", **_KEPT, "Properties": tagged(properties, stream)}
    return {logical_id(stream): made}


def topic_resources(topic: Topic) -> Resources:
    """The topic, and the policy that lets the buckets and configuration sets publish that notify
    it."""
    resources: Resources = {
        logical_id(topic): {
            "Type": "AWS::SNS::Topic",
            "Properties": tagged({"TopicName": name_of(topic)}, topic),
        }
    }
    statements = list(_publishers(topic))
    if statements:
        resources[logical_id(topic, "Policy")] = {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {
                "Topics": [topic_arn(topic)],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
            },
        }
    return resources


def _publishers(topic: Topic) -> Iterator[dict[str, Any]]:
    account = ref("AWS::AccountId")
    buckets = [bucket_arn(each) for each in declared(Bucket) if each.notifies == topic]
    if buckets:
        yield bucket_statement(topic_arn(topic), buckets, account)
    sets = [set_arn(each) for each in declared(ConfigurationSet) if each.events == topic]
    if sets:
        yield topic_statement(topic_arn(topic), sets, account)


def queue_resources(queue: Queue) -> Resources:
    """The queue, its dead letters, and what lets its topic send to it."""
    redrive = {
        "deadLetterTargetArn": queue_arn(queue, "Dead"),
        "maxReceiveCount": queue.dead_letters_after,
    }
    own = {"VisibilityTimeout": queue.visibility_s, "RedrivePolicy": redrive}
    resources = {
        logical_id(queue): _queue(queue, "", own),
        logical_id(queue, "Dead"): _queue(queue, "-dead", {}),
    }
    return resources | (_subscription(queue, queue.subscribes) if queue.subscribes else {})


def _queue(queue: Queue, suffix: str, own: dict[str, Any]) -> Resource:
    properties = {
        "QueueName": name_of(queue, suffix),
        "MessageRetentionPeriod": RETENTION_S,
        "SqsManagedSseEnabled": True,
        **own,
    }
    return {"Type": "AWS::SQS::Queue", "Properties": tagged(properties, queue)}


def _subscription(queue: Queue, topic: Topic) -> Resources:
    return {
        logical_id(queue, "Policy"): {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [ref(logical_id(queue))],
                "PolicyDocument": topic_policy(queue_arn(queue), topic_arn(topic)),
            },
        },
        logical_id(queue, "Subscription"): {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": topic_arn(topic),
                "Protocol": "sqs",
                "Endpoint": queue_arn(queue),
            },
        },
    }


def pool_resources(pool: UserPool) -> Resources:
    """The user pool and its one client, with the settings that `provision` gives them."""
    return {
        logical_id(pool): {
            "Type": "AWS::Cognito::UserPool",
            **_KEPT,
            "Properties": {"UserPoolName": name_of(pool), **pool_settings()},
        },
        logical_id(pool, "Client"): {
            "Type": "AWS::Cognito::UserPoolClient",
            "Properties": {
                "ClientName": name_of(pool),
                "UserPoolId": ref(logical_id(pool)),
                **client_settings(pool),
            },
        },
    }


def configuration_set_resources(configuration_set: ConfigurationSet) -> Resources:
    """The configuration set, and the topic that hears what becomes of each message. The sending
    domain is verified by DNS records, which are the deployer's."""
    destination = event_destination(topic_arn(configuration_set.events))
    destination["SnsDestination"] = {"TopicARN": destination["SnsDestination"]["TopicArn"]}
    return {
        logical_id(configuration_set): {
            "Type": "AWS::SES::ConfigurationSet",
            "Properties": {"Name": name_of(configuration_set)},
        },
        logical_id(configuration_set, "Events"): {
            "Type": "AWS::SES::ConfigurationSetEventDestination",
            "DependsOn": [logical_id(configuration_set.events, "Policy")],
            "Properties": {
                "ConfigurationSetName": ref(logical_id(configuration_set)),
                "EventDestination": {"Name": "events", **_camel_events(destination)},
            },
        },
    }


def _camel_events(destination: dict[str, Any]) -> dict[str, Any]:
    """CloudFormation writes `renderingFailure` where the API writes `RENDERING_FAILURE`."""
    words = [each.lower().split("_") for each in destination["MatchingEventTypes"]]
    names = [first + "".join(map(str.capitalize, rest)) for first, *rest in words]
    return {**destination, "MatchingEventTypes": names}
