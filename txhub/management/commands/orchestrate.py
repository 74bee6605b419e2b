"""`manage.py orchestrate`: hears of objects in the landing bucket and starts their jobs."""

from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand

from aws import messaging
from aws.messaging import Message, NotAnObjectEvent, ObjectEvent
from kernel.errors import Unavailable
from txhub.batch import sending
from txhub.management.stopping import StopSignal
from txhub.resources import LANDING, LANDING_QUEUE

_log = structlog.get_logger(__name__)
# A long poll cannot be interrupted, so it is how long an orderly stop may take. Polls of a second
# are 2.6 million requests a month: one dollar at SQS.
_POLL_S = 1
_PAUSE_S_AFTER_TROUBLE = 2


class Command(BaseCommand):
    help = "Listens to the landing bucket (S3, SNS, SQS) and starts a job for each object."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--until-idle", action="store_true", help="end when nothing more is waiting"
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        stop = StopSignal()
        _log.info("orchestrate_listens", queue=LANDING_QUEUE.name)
        while not stop.asked:
            handled = _round(stop)
            if options["until_idle"] and handled == 0:
                return


def _round(stop: StopSignal) -> int:
    """How many messages there were; 1 where that could not be asked."""
    try:
        messages = messaging.receive(LANDING_QUEUE, wait_s=_POLL_S)
        for message in messages:
            _handle(message)
    except Unavailable as error:
        _log.warning("orchestrate_waits", code=error.code)
        stop.pause(_PAUSE_S_AFTER_TROUBLE)
        return 1
    return len(messages)


def _handle(message: Message) -> None:
    """The task is sent before the message is deleted: starting a job twice changes nothing."""
    try:
        events = messaging.object_events(message)
    except NotAnObjectEvent as error:
        messaging.dead_letter(LANDING_QUEUE, message, error.code)
        return
    for event in events:
        _start(event)
    messaging.delete(LANDING_QUEUE, message)


def _start(event: ObjectEvent) -> None:
    if event.bucket == LANDING.physical_name:
        _log.info("object_landed", size=event.size)
        sending.send(sending.START_JOB, key=event.key, version=event.version)
