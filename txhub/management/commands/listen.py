"""`manage.py listen`: stores messages in real time, until it is told to stop."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aws.metrics import reporting
from kernel.clock import utc_now
from kernel.errors import Missing
from txhub.management.messages import add_queue_arguments
from txhub.management.stopping import StopSignal
from txhub.realtime.listener import listen


class Command(BaseCommand):
    help = "Listens to a queue of messages and stores their transactions (docs/howto-realtime.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_queue_arguments(parser)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        reporting.start("consumer")
        stop = StopSignal()
        try:
            listen(options["url"], options["queue"], stopping=lambda: stop.asked, clock=utc_now)
        except Missing as error:
            raise CommandError(f"{error.message}: run `manage.py provision` first") from error
