"""`manage.py create_staff USERNAME --password P --role R...`"""

from getpass import getpass
from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from identity import audit
from identity.staff import Role, actor_of


class Command(BaseCommand):
    help = (
        "Creates a member of staff with these roles. Repeated, it sets password and roles again. "
        "Try next: sign in at /admin/."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--password", help="asked for where it is not given")
        parser.add_argument(
            "--role",
            dest="roles",
            action="append",
            required=True,
            choices=[role.value for role in Role],
            help="may be given several times",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User(username=options["username"])
        password = options["password"] or getpass(f"Password of {user.username}: ")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user = _save(user.username, password, options["roles"])
        roles = ", ".join(sorted(options["roles"]))
        audit.record(
            actor="console", action="staff.created", subject=actor_of(user), detail={"roles": roles}
        )
        self.stdout.write(f"{user.username}: {roles}")


@transaction.atomic
def _save(username: str, password: str, roles: list[str]) -> User:
    user, _created = User.objects.get_or_create(username=username)
    user.is_staff = user.is_active = True
    user.set_password(password)
    user.save()
    user.groups.set(Group.objects.filter(name__in=roles))
    return user
