"""An operator tries other settings on what has happened, and a second person puts them in force."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from alerts import approvals as kinds
from alerts.domain.alerts import Feedback
from alerts.domain.replays import ReplayStatus
from alerts.domain.rules import BadSetting
from alerts.repository.replays import REPLAY_REPOSITORY
from alerts.rules import rule_named
from alerts.services import inbox, time_machine
from alerts.services.rulebook import (
    VersionMissing,
    enforce,
    forget_rule_book,
    new_version,
    read_rule_book,
)
from alerts.tests.bank import Bank
from identity import approvals, audit
from identity.proposals import Approval
from identity.staff import Role
from identity.tests.people import new_staff

pytestmark = pytest.mark.django_db
_DAYS = timedelta(days=1)
LARGE = rule_named("large_purchase")


@pytest.fixture
def operator() -> User:
    return new_staff(Role.OPERATOR)


@pytest.fixture
def approver() -> User:
    return new_staff(Role.APPROVER)


@pytest.fixture
def spent(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """Purchases of £300 to £700 on five days; the account is the only one of the bank."""
    from alerts.services import time_machine as machine
    from txhub.public import account_for

    monkeypatch.setattr(machine, "accounts", lambda: iter([account_for(bank.owner, bank.account)]))
    for day in range(5):
        bank.buys(-30_000 - 10_000 * day, merchant=f"Shop {'ABCDE'[day]}", ago=day * _DAYS)
    bank.look()
    return bank


class TestReplay:
    def test_tells_what_other_settings_would_have_done(self, spent: Bank, operator: User) -> None:
        version = new_version(LARGE, {"amount": 40_000}, operator, clock=spent.clock)
        asked = time_machine.ask(LARGE, version.number, 90, "staff:1", clock=spent.clock)
        assert asked.status is ReplayStatus.WAITING
        time_machine.run(LARGE.name, asked.replay_id)
        done = REPLAY_REPOSITORY.find(LARGE.name, asked.replay_id)
        assert done.status is ReplayStatus.DONE
        assert (done.tried.alerts, done.in_force.alerts) == (4, 3)
        assert (done.accounts, done.customers, done.transactions) == (1, 1, 5)
        assert done.tried.by_day["2026-06-19"] == 1
        assert done.tried.share_of(done.customers) == 1.0
        assert len(done.samples) == 4
        assert "You paid £400.00 to Shop B" in {each.reason[:26] for each in done.samples}

    def test_looks_back_so_many_days(self, spent: Bank) -> None:
        asked = time_machine.ask(LARGE, 0, 2, "staff:1", clock=spent.clock)
        assert time_machine.run(LARGE.name, asked.replay_id).tried.alerts == 1

    def test_holds_them_against_what_customers_said(self, spent: Bank) -> None:
        alerts = [each for each in spent.inbox() if each.kind == LARGE.name]
        for alert, said in zip(alerts, Feedback, strict=False):
            inbox.answer(spent.owner, alert.alert_id, said)
        asked = time_machine.ask(LARGE, 0, 90, "staff:1", clock=spent.clock)
        answers = time_machine.run(LARGE.name, asked.replay_id).tried.answers
        assert (answers.helpful, answers.not_helpful) == (1, 1)

    def test_raises_nothing(self, spent: Bank) -> None:
        before = spent.inbox()
        asked = time_machine.ask(LARGE, 0, 90, "staff:1", clock=spent.clock)
        time_machine.run(LARGE.name, asked.replay_id)
        assert spent.inbox() == before

    def test_refuses_what_cannot_be(self, spent: Bank) -> None:
        with pytest.raises(VersionMissing):
            time_machine.ask(LARGE, 7, 90, "staff:1", clock=spent.clock)
        with pytest.raises(BadSetting):
            time_machine.ask(LARGE, 0, 0, "staff:1", clock=spent.clock)


class TestPuttingInForce:
    def test_takes_a_second_person(self, bank: Bank, operator: User, approver: User) -> None:
        version = new_version(LARGE, {"amount": 1_000}, operator)
        payload = {"rule": LARGE.name, "version": version.number, "on": True}
        subject = f"rule:{LARGE.name}"
        proposal = approvals.propose(kinds.ENFORCE_RULE, subject, payload, operator)
        assert read_rule_book(bank.now).number(LARGE.name) == 0
        decided = approvals.approve(proposal.proposal_id, approver)
        assert decided.status is Approval.DONE
        assert read_rule_book(bank.now).settings(LARGE)["amount"] == 1_000
        bank.buys(-1_500)
        bank.look()
        (alert,) = bank.inbox()
        assert (alert.kind, alert.settings) == (LARGE.name, version.number)
        acts = {each.action for each in audit.entries_about(subject)}
        assert {"rule.version_made", "rule.put_in_force"} <= acts

    def test_again_changes_nothing(self, bank: Bank) -> None:
        for _ in range(2):
            enforce(LARGE, 0, on=False, approved_as="prp_1")
        assert read_rule_book(bank.now).in_force[LARGE.name].version == 1

    def test_may_switch_a_rule_off(self, bank: Bank) -> None:
        enforce(LARGE, 0, on=False, approved_as="prp_1")
        bank.buys(-90_000)
        bank.look()
        assert bank.inbox() == []
        forget_rule_book()


class TestPages:
    def test_lead_an_operator_through_it(self, spent: Bank, operator: User) -> None:
        client = Client()
        client.force_login(operator)
        assert "Large purchase" in client.get("/admin/rules/").content.decode()
        form = {"act": "make", "amount": "40000", "usual_after": "2"}
        client.post(f"/admin/rules/{LARGE.name}/act/", form)
        asked = time_machine.ask(LARGE, 1, 90, "staff:1", clock=spent.clock)
        time_machine.run(LARGE.name, asked.replay_id)
        page = client.get(f"/admin/rules/{LARGE.name}/").content.decode()
        assert "Purchases of at least: 40,000 minor units" in page
        found = client.get(f"/admin/rules/{LARGE.name}/replays/{asked.replay_id}/")
        assert "Version 1" in found.content.decode()
        assert "You paid £400.00" in found.content.decode()
        propose = {"act": "propose", "version": "1"}
        answer = client.post(f"/admin/rules/{LARGE.name}/act/", propose, follow=True)
        assert "A second person has to approve it" in answer.content.decode()

    def test_let_a_viewer_only_look(self, bank: Bank) -> None:
        client = Client()
        client.force_login(new_staff(Role.VIEWER))
        assert client.get(f"/admin/rules/{LARGE.name}/").status_code == 200
        answer = client.post(f"/admin/rules/{LARGE.name}/act/", {"act": "make"})
        assert answer.status_code in {302, 403}
        assert "Keep as a new version" not in client.get("/admin/rules/").content.decode()
