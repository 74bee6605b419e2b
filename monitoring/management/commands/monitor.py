"""`manage.py monitor`"""

import os
import secrets
import signal
import socket
import threading
from types import FrameType
from typing import Any

import structlog
from django.core.management.base import BaseCommand

from aws.metrics import reporting
from aws.streams.handlers import discover
from monitoring.services.watching import watch

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = (
        "Keeps the history of all metrics, and evaluates the alarms. Any number of processes may "
        "run; one at a time works."
    )

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _setting(stop))
        discover()
        reporting.start("monitor")
        owner = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
        log.info("monitor_starts")
        watch(owner, reporting.neighbours("monitor"), stop)


def _setting(stop: threading.Event) -> Any:
    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    return ask
