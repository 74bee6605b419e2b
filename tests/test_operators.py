"""Operators look things up across the apps, and every look at a customer's data is written down."""

import secrets
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

import pytest
from django.test import Client

from alerts.domain.alerts import Alert, AlertId
from alerts.mail.tests.world import mail_of, new_campaign, new_customers, sent
from alerts.repository import ALERT_REPOSITORY
from identity import audit
from identity.staff import Role, actor_of
from identity.tests.people import new_person, new_staff
from kernel.clock import utc_now
from kernel.ids import random_id
from monitoring.declared import lookups
from txhub.domain.entities import TransactionId
from txhub.services import NewAccount, open_accounts, own_account

if TYPE_CHECKING:
    from txhub.domain.entities import AccountId, CustomerId

KINDS = {
    *("customer", "account", "transaction", "order", "sensor", "dispute", "job"),
    *("alert", "alerts", "mail"),
}


@pytest.fixture
def account_id() -> str:
    made = random_id("acc")
    open_accounts([_account(made)])
    return made


@pytest.mark.django_db
class TestLookingUp:
    def test_is_declared_for_all_that_people_ask_about(self) -> None:
        assert {each.key for each in lookups()} >= KINDS

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

    def test_of_a_customer_leads_to_their_alerts(self, client: Client, account_id: str) -> None:
        alice = new_person("Alice")
        alert = _alert(alice.customer_id, account_id)
        client.force_login(new_staff(Role.VIEWER))
        text = client.get("/ops/look-up/", {"id": alice.customer_id}).content.decode()
        name = f"{alice.customer_id}/{alert.alert_id}"
        assert quote(name, safe="") in text or name in text
        card = client.get("/ops/look-up/", {"id": name}).content.decode()
        assert alert.reason in card
        actions = {each.action for each in audit.entries_about(f"customer:{alice.customer_id}")}
        assert actions == {"customer.looked_up", "alerts.looked_up", "alert.looked_up"}

    def test_of_a_mail_says_what_became_of_it(self, client: Client) -> None:
        (customer,) = new_customers(1)
        mail = mail_of(sent(new_campaign(), [customer]), customer)
        client.force_login(new_staff(Role.VIEWER))
        card = client.get("/ops/look-up/", {"id": mail.mail_id}).content.decode()
        assert mail.campaign in card
        actions = [each.action for each in audit.entries_about(f"customer:{customer}")]
        assert "mail.looked_up" in actions

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


def _alert(customer_id: str, account_id: str) -> Alert:
    made = Alert(
        alert_id=AlertId(random_id("alr")),
        customer_id=cast("CustomerId", customer_id),
        account_id=cast("AccountId", account_id),
        kind="large_purchase",
        reason="A large purchase at Voltmart.",
        transaction_ids=(TransactionId(random_id("txn")),),
        created_at=utc_now(),
    )
    assert ALERT_REPOSITORY.decide(made)
    return made


def _account(account_id: str) -> NewAccount:
    number = f"{secrets.randbelow(10**4):04}4321"
    made = cast("AccountId", account_id)
    return NewAccount(
        account_id=made, number=number, name="Everyday", type="current", currency="GBP"
    )
