"""Operators look things up across the apps, and every look at a customer's data is written down."""

import re
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import User
from django.test import Client

from identity import audit
from identity.chain import AuditEntry
from identity.staff import Role, actor_of
from identity.tests.people import new_person, new_staff
from kernel.ids import random_id
from monitoring.declared import lookups
from tests.findable import Findable, one_of_each
from txhub.services import NewAccount, open_accounts, own_account

if TYPE_CHECKING:
    from txhub.domain.entities import AccountId, CustomerId


@pytest.fixture
def account_id() -> str:
    made = random_id("acc")
    open_accounts([_account(made)])
    return made


@pytest.mark.django_db
class TestLookingUp:
    def test_writes_down_every_look_at_a_customer_s_data(self, client: Client) -> None:
        there, by = one_of_each(), new_staff(Role.VIEWER)
        client.force_login(by)
        assert {each.key for each in lookups()} == there.keys()
        for key, thing in there.items():
            assert client.get("/ops/look-up/", {"id": thing.id, "kind": key}).status_code == 200
        written = {(each.action, each.subject) for each in _looks(by, there.values())}
        customers = {key: thing for key, thing in there.items() if thing.subject}
        assert written == {(f"{key}.looked_up", each.subject) for key, each in customers.items()}
        assert there.keys() - customers.keys() == {"campaign", "job", "sensor"}

    def test_leads_on_from_card_to_card(self, client: Client) -> None:
        there = one_of_each()
        client.force_login(new_staff(Role.VIEWER))
        for thing in there.values():
            text = client.get("/ops/look-up/", {"id": thing.id}).content.decode()
            for onward in re.findall(r'href="/ops/look-up/\?id=([^"&]+)"', text):
                found = client.get("/ops/look-up/", {"id": unquote(onward)})
                assert found.status_code == 200, onward

    @pytest.mark.parametrize("role", Role)
    def test_is_for_every_role_and_is_written_down(
        self, role: Role, client: Client, account_id: str
    ) -> None:
        by = new_staff(role)
        client.force_login(by)
        answer = client.get("/ops/look-up/", {"id": account_id})
        assert "•••• 4321" in answer.content.decode()
        assert answer["Cache-Control"] == "private, no-store"
        (entry,) = audit.entries_about(f"account:{account_id}")
        assert (entry.actor, entry.action) == (actor_of(by), "account.looked_up")

    def test_of_a_customer_leads_to_their_accounts(self, client: Client, account_id: str) -> None:
        alice = new_person("Alice")
        own_account(cast("CustomerId", alice.customer_id), cast("AccountId", account_id))
        client.force_login(new_staff(Role.VIEWER))
        text = client.get("/ops/look-up/", {"id": alice.customer_id}).content.decode()
        assert alice.email in text
        assert account_id in text
        actions = {each.action for each in audit.entries_about(f"customer:{alice.customer_id}")}
        assert actions == {"customer.looked_up", "accounts.looked_up"}

    def test_of_nothing_writes_nothing_down(self, client: Client) -> None:
        client.force_login(new_staff(Role.VIEWER))
        nobody = random_id("acc")
        answer = client.get("/ops/look-up/", {"id": nobody})
        assert answer.status_code == 404
        assert audit.entries_about(f"account:{nobody}") == []

    @pytest.mark.parametrize("signed_in", [False, True])
    def test_is_for_nobody_else(self, client: Client, signed_in: bool) -> None:
        if signed_in:
            client.force_login(new_staff())
        answer = client.get("/ops/look-up/", {"id": "acc_x"})
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")


def _looks(by: User, things: Iterable[Findable]) -> list[AuditEntry]:
    subjects = {thing.subject for thing in things if thing.subject}
    entries = (entry for subject in subjects for entry in audit.entries_about(subject))
    return [entry for entry in entries if entry.actor == actor_of(by)]


def _account(account_id: str) -> NewAccount:
    number = f"{secrets.randbelow(10**4):04}4321"
    made = cast("AccountId", account_id)
    return NewAccount(
        account_id=made, number=number, name="Everyday", type="current", currency="GBP"
    )
