"""Creates queues, each with its dead letters, and subscribes them to their topics."""

import json
from typing import Any

from aws.arns import queue_arn, topic_arn
from aws.errors import translated
from aws.resources import Queue, Topic
from aws.sessions import client
from kernel.errors import Missing

RETENTION_S = 14 * 24 * 3600  # the longest that SQS keeps a message: time to notice a stuck queue


def ensure(queue: Queue) -> list[str]:
    """Creates the queue and its dead-letter queue, sets their attributes, subscribes."""
    retention = {"MessageRetentionPeriod": str(RETENTION_S)}
    created = _ensure_one(queue.dead_letter_name, retention)
    created += _ensure_one(queue.physical_name, {**retention, **_attributes(queue)})
    if queue.subscribes:
        with translated():  # subscribing again gives the same subscription
            client("sns").subscribe(
                TopicArn=topic_arn(queue.subscribes), Protocol="sqs", Endpoint=queue_arn(queue)
            )
    return created


def _ensure_one(name: str, attributes: dict[str, str]) -> list[str]:
    sqs = client("sqs")
    try:
        with translated():
            url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except Missing:
        with translated():
            sqs.create_queue(QueueName=name, Attributes=attributes)
        return [f"queue {name}"]
    with translated():
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    return []


def _attributes(queue: Queue) -> dict[str, str]:
    redrive = {
        "deadLetterTargetArn": queue_arn(queue, dead_letters=True),
        "maxReceiveCount": queue.dead_letters_after,
    }
    attributes = {
        "VisibilityTimeout": str(queue.visibility_s),
        "SqsManagedSseEnabled": "true",
        "RedrivePolicy": json.dumps(redrive),
    }
    if queue.subscribes:
        attributes["Policy"] = json.dumps(_policy(queue, queue.subscribes))
    return attributes


def _policy(queue: Queue, topic: Topic) -> dict[str, Any]:
    return topic_policy(queue_arn(queue), topic_arn(topic))


def topic_policy(queue: Any, topic: Any) -> dict[str, Any]:
    """Lets one topic send to one queue; `infra/` renders the same with its own references."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TopicMessages",
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
            }
        ],
    }
