"""`manage.py create_customer`: a person who can sign in, owning accounts."""

import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aws.vault import vault
from identity.customers import create_customer
from kernel.errors import HubError
from kernel.ids import is_opaque
from txhub.domain.entities import AccountId, CustomerId
from txhub.domain.naming import account_id
from txhub.services import own_account

BANK = "bank"  # the namespace of account numbers in the hub's own feed files


class Command(BaseCommand):
    help = (
        "Creates a customer who can sign in, owning the accounts named. An account is named by its "
        "id (acc_...), its number, or NAMESPACE:NUMBER for a feed with numbers of its own. "
        "Repeated, it sets the password again and adds accounts."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--password", help="asked for, or TXHUB_PASSWORD, where not given")
        parser.add_argument("--name", default="", help="how the pages greet the customer")
        parser.add_argument("--account", nargs="+", action="extend", default=[], metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        password = options["password"] or os.environ.get("TXHUB_PASSWORD") or getpass.getpass()
        try:
            customer = CustomerId(create_customer(options["email"], password, options["name"]))
            for named in options["account"]:
                self._own(customer, named)
        except HubError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{customer} can sign in and owns {len(options['account'])} account(s)")

    def _own(self, customer: CustomerId, named: str) -> None:
        own_account(customer, account_named(named))


def account_named(named: str) -> AccountId:
    """The id of the account that a person names by id, number or NAMESPACE:NUMBER."""
    if is_opaque(named):
        return AccountId(named)
    namespace, colon, number = named.partition(":")
    if not colon:
        namespace, number = BANK, named
    return account_id(vault().id_key("accounts"), namespace, number)
