"""`manage.py load_demo_bank --url URL`: what `make demo` shows on its first start."""

import shutil
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from aws import messaging
from embedded import demo_bank, demo_today
from embedded.demo_bank import FeedFile, Person, SignIn
from identity.devices import create_device
from identity.staff import Role
from kernel.clock import utc_now
from txhub.management.commands.create_customer import account_named
from txhub.resources import MESSAGES
from txhub.services import NewAccount, open_accounts


class Command(BaseCommand):
    help = (
        "Generates a bank, brings it in, fills the shop, and makes sign-ins for three customers, "
        "staff and a device; writes them to var/demo.json. Interrupted, it may run again."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", required=True, help="where the site is served")
        parser.add_argument("--customers", type=int, default=demo_bank.CUSTOMERS)
        parser.add_argument("--months", type=int, default=demo_bank.MONTHS)

    def handle(self, *_args: Any, **options: Any) -> None:
        folder: Path = settings.VAR_DIR / "demo-feed"
        self.stdout.write("  generating a bank ...")
        files, people = _generate(folder, options["customers"], options["months"])
        _open_accounts(folder)
        for file in files:
            self._bring_in(file)
        call_command("load_shop", stdout=StringIO())
        call_command("statements", stdout=StringIO())  # the worker issues them while we go on
        for message in demo_today.purchases(people, demo_bank.read_accounts(folder), utc_now()):
            messaging.publish(MESSAGES, message)
        customers = [_create_customer(person) for person in people]
        _create_staff()
        device = create_device("demo gateway", now=utc_now())
        demo = settings.VAR_DIR / "demo.json"
        demo_bank.write_demo_file(
            demo,
            options["url"],
            customers,
            settings.SECRET_KEY,
            device_token=device.token,
        )
        shutil.rmtree(folder)  # brought in, it lies sealed in the hub, and nowhere in the clear

    def _bring_in(self, file: FeedFile) -> None:
        self.stdout.write(f"  bringing in {file.path.name}")
        call_command(
            *("ingest", str(file.path), "--kind", file.kind, "--profile", "hub"),
            "--wait",
            stdout=self.stdout,
        )


def _generate(folder: Path, customers: int, months: int) -> tuple[list[FeedFile], list[Person]]:
    """What lies there of an interrupted load stays: another day's feed would be another bank."""
    if not (folder / "manifest.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        call_command(
            *("generate_feed", "--customers", str(customers), "--months", str(months)),
            *("--seed", str(demo_bank.SEED), "--out", str(folder)),
            stdout=StringIO(),
        )
    return demo_bank.read_manifest(folder)


def _open_accounts(folder: Path) -> None:
    open_accounts(
        [
            NewAccount(
                account_id=account_named(each.number),
                number=each.number,
                name=each.name,
                type=each.type,
                currency=each.currency,
            )
            for each in demo_bank.read_accounts(folder)
        ]
    )


def _create_customer(person: Person) -> SignIn:
    password = demo_bank.password(person.email, settings.SECRET_KEY)
    accounts = tuple(account_named(number) for number in person.accounts)
    call_command(
        *("create_customer", person.email, "--password", password, "--name", person.name),
        *("--account", *accounts),
        stdout=StringIO(),
    )
    return SignIn(email=person.email, password=password, accounts=accounts)


def _create_staff() -> None:
    """One who may do everything, and the second person without whom some of it needs approval."""
    _create_member(demo_bank.STAFF, list(Role))
    User.objects.filter(username=demo_bank.STAFF).update(is_superuser=True)
    _create_member(demo_bank.APPROVER, [Role.APPROVER])


def _create_member(username: str, roles: list[Role]) -> None:
    password = demo_bank.password(username, settings.SECRET_KEY)
    asked = [part for role in roles for part in ("--role", role.value)]
    call_command("create_staff", username, "--password", password, *asked, stdout=StringIO())
