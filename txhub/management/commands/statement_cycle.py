"""`manage.py statement_cycle acc_… 15`: on which day of the month an account's statements close."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from identity import audit
from kernel.errors import HubError
from txhub.domain.entities import AccountId
from txhub.statements.services import set_cycle_day

_LAST = "last"


class Command(BaseCommand):
    help = "Sets the day of the month on which an account's statements close, from the next one on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="acc_…")
        parser.add_argument("day", help=f"1 to 28, or '{_LAST}' for the month's last day")

    def handle(self, *, account: str, day: str, **_options: object) -> None:
        if day != _LAST and not day.isdecimal():
            raise CommandError(f"a day from 1 to 28, or '{_LAST}'")
        try:
            audit.record(
                actor="console", action="statements.cycle_set", subject=f"account:{account}"
            )
            set_cycle_day(AccountId(account), None if day == _LAST else int(day))
        except HubError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        self.stdout.write("Set; it holds from the next statement on.")
