"""Alice owns, Bob shares, Charlie must be refused: here they are people who can sign in."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, User

from identity.customers import create_customer
from identity.staff import Role

StaffMaker = Callable[..., User]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer with a password; every test has its own."""

    customer_id: str
    email: str
    password: str


def new_person(name: str) -> Person:
    """A new customer called `name`, whose e-mail address nobody else has."""
    email = f"{name.lower()}-{secrets.token_hex(6)}@bank.example"
    password = secrets.token_urlsafe(12)
    return Person(
        customer_id=create_customer(email, password, name), email=email, password=password
    )


def new_staff(*roles: Role, **attributes: Any) -> User:
    """A new member of staff with these roles; signs in by `Client.force_login`."""
    user = User(username=f"staff-{secrets.token_hex(4)}", is_staff=True, **attributes)
    user.set_unusable_password()  # hashing one takes a third of a second
    user.save()
    user.groups.set(Group.objects.filter(name__in=roles))
    return user
