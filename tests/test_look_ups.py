"""Alerts and mails are looked up; a look at a customer's is in the audit log, one at a campaign,
which names nobody, is not."""

import secrets
from datetime import UTC, datetime

import pytest

from alerts.domain.alerts import Alert, AlertId
from alerts.mail.repository import MAILS
from alerts.mail.services import campaigns
from alerts.mail.tests import world
from alerts.mail.tests.test_mails import a_mail
from alerts.repository import ALERT_REPOSITORY
from identity import audit
from identity.staff import Role, actor_of
from identity.tests.people import new_staff
from kernel.ids import random_id
from monitoring.services.looking_up import Found, NothingFound, look_up
from txhub.domain.entities import CustomerId, TransactionId
from txhub.tests.people import new_account, new_customer

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 20, 12, tzinfo=UTC)


def told(owner: CustomerId, **facts: object) -> Alert:
    """An alert in the owner's inbox."""
    values = {
        "alert_id": AlertId(random_id("alr")),
        "customer_id": owner,
        "account_id": new_account(owner),
        "kind": "duplicate_charge",
        "reason": "Voltmart charged 49.00 twice",
        "transaction_ids": (TransactionId(random_id("txn")),),
        "created_at": NOON,
        "decided": 1,
        **facts,
    }
    alert = Alert(**values)  # type: ignore[arg-type]
    ALERT_REPOSITORY.decide(alert)
    return alert


def looked_up(wanted: str, key: str) -> Found:
    """What a viewer finds; what the log has of it is the viewer's."""
    viewer = new_staff(Role.VIEWER)
    (found,) = look_up(wanted, viewer, key=key)
    if subject := found.card.subject:
        entry = audit.entries_about(subject)[0]
        assert (entry.actor, entry.action) == (actor_of(viewer), f"{key}.looked_up")
    return found


def text_of(found: Found) -> str:
    return "\n".join(f"{each.label}: {each.value}" for each in found.card.facts)


class TestAnAlert:
    def test_is_found_by_its_customer_and_id(self) -> None:
        alert = told(new_customer())
        found = looked_up(f"{alert.customer_id}/{alert.alert_id}", "alert")
        assert found.card.subject == f"customer:{alert.customer_id}"
        assert "Voltmart charged" in text_of(found)

    def test_is_found_when_its_owner_sees_it_no_more(self) -> None:
        alert = told(new_customer(), stands=False)
        found = looked_up(f"{alert.customer_id}/{alert.alert_id}", "alert")
        assert "no, it was taken back" in text_of(found)

    def test_leads_from_its_customer(self) -> None:
        alert = told(new_customer())
        (fact,) = looked_up(alert.customer_id, "alerts").card.facts
        assert fact.look_up == f"{alert.customer_id}/{alert.alert_id}"

    def test_of_somebody_else_is_not_found(self) -> None:
        alert, stranger = told(new_customer()), new_customer("bob")
        with pytest.raises(NothingFound):
            looked_up(f"{stranger}/{alert.alert_id}", "alert")
        assert audit.entries_about(f"customer:{stranger}") == []


class TestAMail:
    def test_is_found_by_its_id(self) -> None:
        mail = a_mail(customer_id=f"alice-{secrets.token_hex(8)}")
        MAILS.intend([mail])
        found = looked_up(mail.mail_id, "mail")
        assert found.card.subject == f"customer:{mail.customer_id}"
        assert "Status: sending" in text_of(found)
        assert "Letter: none" in text_of(found)


class TestACampaign:
    def test_names_nobody(self) -> None:
        campaign = world.new_campaign()
        campaigns.announce(campaign)
        found = looked_up(campaign.name, "campaign")
        assert found.card.subject == ""
        assert "Eligible: not counted yet" in text_of(found)
