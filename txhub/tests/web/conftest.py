"""Alice and her browser. pytest loads this before the settings stand, so what needs Django is
imported inside."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from identity.tests.people import Person
    from txhub.domain.entities import AccountId


@pytest.fixture(scope="module")
def alice() -> "Person":
    from identity.tests.people import new_person

    return new_person("Alice")


@pytest.fixture(scope="module")
def browser(alice: "Person") -> "Client":
    from txhub.tests.web.visitors import signed_in

    return signed_in(alice)


@pytest.fixture
def account(alice: "Person") -> "AccountId":
    from txhub.tests.web.visitors import account_of

    return account_of(alice)


@pytest.fixture
def dead_engine() -> Iterator[None]:
    from aws.tests.away import nobody_answers

    with nobody_answers():
        yield
