"""`manage.py saga_worker [--threads N]`"""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from aws.metrics import reporting
from cart.workers.takers import work

THREADS = 8


class Command(BaseCommand):
    help = (
        "Does what the check-out's state machine asks for, where it is orchestrated "
        "(CART_SAGA=orchestrated). Any number of processes share the work; SIGTERM ends one after "
        "the tasks at hand."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--threads", type=int, default=THREADS, help="for each service (default: %(default)s)"
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _signum, _frame: stop.set())
        reporting.start("saga-worker")
        work(stop, threads=options["threads"])
        reporting.stop()
