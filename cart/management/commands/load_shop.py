"""`manage.py load_shop`: the demo's catalogue and its stock."""

from typing import Any

from django.core.management.base import BaseCommand

from cart.demo_catalogue import products
from cart.services import catalogue


class Command(BaseCommand):
    help = (
        "Puts the demo's products on sale, with some stock of each. Repeated, it changes names and "
        "prices to what they are here, and leaves the stock alone."
    )
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        loaded = products()
        catalogue.put_on_sale(loaded)
        self.stdout.write(f"{len(loaded)} products are on sale.")
