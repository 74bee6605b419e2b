"""`manage.py rebuild_summaries`: sums every account up anew, while the stream goes on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from txhub.domain.entities import AccountId
from txhub.projections import rebuild_summaries
from txhub.services import known_accounts
from txhub.services.summaries import rebuild_account


class Command(BaseCommand):
    help = "Builds spending by month, and digests, anew from the transactions; writes what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", help="one account, by its id; default: all")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        written = (
            sum(rebuild_summaries()) if options["account"] is None else _one(options["account"])
        )
        self.stdout.write(f"{written:,} summaries written; the others were right.")


def _one(account_id: str) -> int:
    found = known_accounts([AccountId(account_id)])
    if not found:
        raise CommandError("there is no such account")
    return sum(map(rebuild_account, found.values()))
