"""Fixtures of identity's tests. pytest loads this before the settings stand, so what needs Django
is imported inside."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from identity.proposals import Proposal
    from identity.tests.acts import Acts
    from identity.tests.people import Person, StaffMaker


@pytest.fixture(scope="session", autouse=True)
def _few_rounds() -> None:
    """Passwords of staff are hashed as ever, but not for a third of a second each."""
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    PBKDF2PasswordHasher.iterations = 1_000


@pytest.fixture
def alice() -> "Person":
    from identity.tests.people import new_person

    return new_person("Alice")


@pytest.fixture
def bob() -> "Person":
    from identity.tests.people import new_person

    return new_person("Bob")


@pytest.fixture
def staff(db: None) -> "StaffMaker":
    """`staff(Role.OPERATOR, ...)` makes a member of staff."""
    from identity.tests.people import new_staff

    return new_staff


@pytest.fixture
def address() -> str:
    """A network address of the test's own, so that no limit is shared."""
    return f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


@pytest.fixture
def acts() -> "Iterator[Acts]":
    from identity import approvals
    from identity.tests.acts import Acts, kind

    yield (made := Acts())
    approvals._kinds.pop(kind(made))


@pytest.fixture
def olga(staff: "StaffMaker") -> "User":
    """An operator."""
    from identity.staff import Role

    return staff(Role.OPERATOR)


@pytest.fixture
def paul(staff: "StaffMaker") -> "User":
    """An approver."""
    from identity.staff import Role

    return staff(Role.APPROVER)


@pytest.fixture
def proposed(acts: "Acts", olga: "User") -> "Proposal":
    """Proposed by Olga at noon on 1 June 2025."""
    from identity import approvals
    from identity.tests.acts import kind

    noon = datetime(2025, 6, 1, 12, tzinfo=UTC)
    subject = f"job:{secrets.token_hex(4)}"
    return approvals.propose(kind(acts), subject, {"job": 12}, olga, clock=lambda: noon)
