"""`manage.py disable_device ID`: shuts a device out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from identity import audit
from identity.devices import REMEMBERED_S, DeviceMissing, disable_device
from kernel.clock import utc_now


class Command(BaseCommand):
    help = "Shuts a device out. There is no way back: create another one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("device", help="its id, the part of its token before the dot")

    def handle(self, *_args: Any, **options: Any) -> None:
        device_id = options["device"].partition(".")[0]
        try:
            disable_device(device_id, now=utc_now())
        except DeviceMissing as error:
            raise CommandError(error.message) from error
        audit.record(actor="console", action="device.disabled", subject=device_id, detail={})
        self.stdout.write(f"{device_id} is shut out within {REMEMBERED_S} s")
