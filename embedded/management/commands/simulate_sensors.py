"""`manage.py simulate_sensors --url URL`: what makes the demo's sensors speak."""

import signal
import threading
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from embedded import demo_bank, demo_sensors
from embedded.demo_sensors import NotTaken
from kernel.clock import utc_now

log = structlog.get_logger(__name__)
_TURN = timedelta(seconds=2)
_LIVE = timedelta(seconds=1)
# Of the time before it started: so that there is a day to be seen.
_EARLIER, _EARLIER_EVERY = timedelta(days=1), timedelta(seconds=20)


class Command(BaseCommand):
    help = (
        "Simulated sensors that send a reading a second each, until it is stopped. It waits for "
        "the demo's device token in var/demo.json, and begins with the day before."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", required=True, help="where the site is served")

    def handle(self, *_args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _setting(stop))
        token = _token(stop)
        since, every = utc_now() - _EARLIER, _EARLIER_EVERY
        while token is not None and not stop.is_set():
            until = utc_now()
            if _sent(options["url"], token, since, until, every):
                since, every = until, _LIVE
            stop.wait(_TURN.total_seconds())


def _token(stop: threading.Event) -> str | None:
    """The device's token, as soon as there is one; None where it is told to stop before."""
    while not stop.is_set():
        token = demo_bank.read_device_token(settings.VAR_DIR / "demo.json")
        if token is not None:
            return token
        stop.wait(_TURN.total_seconds())
    return None


def _sent(url: str, token: str, since: datetime, until: datetime, every: timedelta) -> bool:
    try:
        demo_sensors.send(url, token, since, until, every)
    except NotTaken as error:
        log.info("demo_readings_wait", reason=error.message)
        return False
    return True


def _setting(stop: threading.Event) -> Any:
    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    return ask
