"""`manage.py drain [--undo]`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from aws.draining import begin_draining, end_draining


class Command(BaseCommand):
    help = (
        "Makes /readyz say 503, so that a load balancer sends nothing new; what still comes is "
        "answered. Run it before the web server is stopped, by as long as the balancer needs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--undo", action="store_true", help="be ready again")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["undo"]:
            end_draining()
        else:
            begin_draining()
