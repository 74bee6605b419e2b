"""`manage.py create_device NAME`: a device that may send readings, and its token."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from identity import audit
from identity.devices import create_device
from kernel.clock import utc_now


class Command(BaseCommand):
    help = (
        "Creates a device and prints its token, which is shown this once. "
        "Try next: POST /api/v1/sensors/readings with `Authorization: Bearer TOKEN`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="for people, such as 'boiler house'")

    def handle(self, *_args: Any, **options: Any) -> None:
        device = create_device(options["name"], now=utc_now())
        audit.record(actor="console", action="device.created", subject=device.device_id, detail={})
        self.stdout.write(device.token)
