"""`manage.py learn_accounts`: what Second Look remembers, anew from the transactions."""

from typing import Any

from django.core.management.base import BaseCommand

from alerts.services.observing import facts_by_account
from alerts.services.second_look import SecondLook
from txhub.public import all_transactions


class Command(BaseCommand):
    help = (
        "Takes all stored transactions into the profiles of Second Look and alerts nobody. "
        "For a bank whose history is older than its consumer; again changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        look, count = SecondLook(tells=False), 0
        for changes in all_transactions():
            look.take(facts_by_account(changes))
            count += len(changes)
        self.stdout.write(f"{count:,} transactions are known.")
