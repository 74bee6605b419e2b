"""What nobody measures by the way: how many messages wait, and what tables are provisioned with."""

from collections.abc import Iterator
from typing import Any

from celery import current_app

from aws.errors import translated
from aws.messaging import queue_url
from aws.metrics.names import (
    PROVISIONED_UNITS,
    QUEUE_WAITING,
    QueueLabels,
    TableLabels,
)
from aws.resources import Queue, Table, declared
from aws.sessions import client
from kernel.errors import Missing, Unavailable

_WAITING = "ApproximateNumberOfMessages"


def measure_queues() -> None:
    """Raises `Unavailable`."""
    QUEUE_WAITING.replace(dict([*_celery(), *_sqs()]))


def measure_provisioned() -> None:
    """Raises `Unavailable`."""
    found: dict[TableLabels, float] = {}
    for table in declared(Table):
        with translated():
            said = client("dynamodb").describe_table(TableName=table.physical_name)["Table"]
        throughput = said.get("ProvisionedThroughput", {})
        for kind in ("read", "write"):
            units = throughput.get(f"{kind.title()}CapacityUnits", 0)
            if units:
                found[TableLabels(table.name, kind)] = units
    PROVISIONED_UNITS.replace(found)


def _celery() -> Iterator[tuple[QueueLabels, float]]:
    try:
        with current_app.connection_for_read() as connection:
            channel: Any = connection.default_channel  # virtual: it knows how long a queue is
            for queue in current_app.conf.task_queues or ():
                yield QueueLabels("celery", queue.name), channel._size(queue.name)
    except connection.recoverable_connection_errors as error:
        raise Unavailable("the broker does not answer") from error


def _sqs() -> Iterator[tuple[QueueLabels, float]]:
    for queue in declared(Queue):
        for name, physical in (
            (queue.name, queue.physical_name),
            (f"{queue.name}-dead", queue.dead_letter_name),
        ):
            try:
                with translated():
                    answer = client("sqs").get_queue_attributes(
                        QueueUrl=queue_url(physical), AttributeNames=[_WAITING]
                    )
            except Missing:
                continue  # not provisioned yet
            yield QueueLabels("sqs", name), float(answer["Attributes"][_WAITING])
