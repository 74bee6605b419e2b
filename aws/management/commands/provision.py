"""`manage.py provision`"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aws.metrics import use_case
from aws.provisioning import provision
from kernel.errors import HubError


class Command(BaseCommand):
    """Creates what is missing and says what; safe to repeat."""

    help = "Creates missing tables, streams, buckets, keys, topics, queues and the user pool."

    @use_case("provision")
    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        try:
            created = provision()
        except HubError as error:
            raise CommandError(f"provisioning stopped: {error.message}") from error
        for name in created:
            self.stdout.write(f"created {name}")
        seconds = time.perf_counter() - started
        summary = f"{len(created)} created" if created else "everything is there"
        self.stdout.write(self.style.SUCCESS(f"{summary} ({seconds:.1f} s)"))
