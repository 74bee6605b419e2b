"""Creates topics that our buckets and SES's events, and only those, may publish to."""

import json
from typing import Any

from aws.arns import account_id, bucket_arn, topic_arn
from aws.errors import translated
from aws.resources import Bucket, Topic, declared
from aws.ses import ConfigurationSet, configuration_set_arn, topic_statement
from aws.sessions import client
from kernel.errors import Missing


def ensure(topic: Topic) -> list[str]:
    """Creates the topic where it is missing and sets its policy."""
    arn, sns = topic_arn(topic), client("sns")
    known = _exists(arn)
    with translated():
        if not known:
            sns.create_topic(Name=topic.physical_name)
        sns.set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(_policy(topic))
        )
    return [] if known else [f"topic {topic.physical_name}"]


def _exists(arn: str) -> bool:
    try:
        with translated():
            client("sns").get_topic_attributes(TopicArn=arn)
    except Missing:
        return False
    return True


def _policy(topic: Topic) -> dict[str, Any]:
    """Publishing: this account's own roles, S3 on behalf of the buckets that notify it, and SES on
    behalf of the configuration sets whose events it hears."""
    statements: list[dict[str, Any]] = [
        {
            "Sid": "OwnAccount",
            "Effect": "Allow",
            "Principal": {"AWS": account_id()},
            "Action": ["sns:Publish", "sns:Subscribe"],
            "Resource": topic_arn(topic),
        }
    ]
    sources = [bucket_arn(each) for each in declared(Bucket) if each.notifies == topic]
    if sources:
        statements.append(bucket_statement(topic_arn(topic), sources, account_id()))
    senders = [
        configuration_set_arn(each) for each in declared(ConfigurationSet) if each.events == topic
    ]
    if senders:
        statements.append(topic_statement(topic_arn(topic), senders, account_id()))
    return {"Version": "2012-10-17", "Statement": statements}


def bucket_statement(topic: Any, buckets: list[Any], account: Any) -> dict[str, Any]:
    """Lets S3 publish the events of `buckets`; `infra/` renders the same with references."""
    return {
        "Sid": "BucketEvents",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": buckets},
        },
    }
