"""`manage.py consume [NAME ...] [--until-idle | --status | --resume]`"""

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError

from aws.metrics import reporting
from aws.streams.handlers import AnyHandler, discover, registered
from aws.streams.process import consume
from aws.streams.status import lines, resume
from kernel.errors import HubError

log = structlog.get_logger(__name__)
_ALL = "all"


class Command(BaseCommand):
    help = (
        "Runs stream handlers: those named, or all. Any number of processes share the work; "
        "SIGTERM ends one after the batches at hand."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="a handler, or `all`")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--until-idle", action="store_true", help="end when nothing is waiting")
        what.add_argument("--status", action="store_true", help="show how far handlers are instead")
        what.add_argument(
            "--resume", action="store_true", help="let handlers that stopped go on instead"
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        discover()
        names: list[str] = options["names"]
        try:
            handlers = registered([] if _ALL in names else names)
            if options["status"]:
                self.stdout.write("\n".join(lines(handlers)))
            elif options["resume"]:
                self.stdout.write("\n".join(map(resume, handlers)))
            else:
                self._consume(handlers, until_idle=options["until_idle"])
        except HubError as error:
            raise CommandError(error.message) from error

    def _consume(self, handlers: list[AnyHandler], *, until_idle: bool) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _setting(stop))
        reporting.start("consumer")
        log.info("consumers_start", handlers=[each.name for each in handlers])
        if not consume(handlers, stop, until_idle=until_idle):
            raise CommandError("a thread has died; what it said stands above")


def _setting(stop: threading.Event) -> Any:
    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    return ask
