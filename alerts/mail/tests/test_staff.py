"""Operators see campaigns to the unit, and act; two people settle what is unknown."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from alerts.mail.domain.kinds import Campaign
from alerts.mail.domain.mails import MailStatus
from alerts.mail.kinds import all_kinds
from alerts.mail.repository import MAILS, PAPER
from alerts.mail.services import campaigns
from alerts.mail.tests import world
from alerts.mail.tests.sink import Sink
from identity import approvals, audit
from identity.proposals import Approval
from identity.staff import Role
from identity.tests.people import new_staff

pytestmark = pytest.mark.django_db(transaction=True)
LIST, LETTERS = "/admin/mail/", "/admin/mail/letters/"


def person(*roles: Role) -> User:
    for role in roles:  # tests with transactions leave no groups behind
        Group.objects.get_or_create(name=role.value)
    return new_staff(*roles)


def staff(*roles: Role) -> Client:
    client = Client()
    client.force_login(person(*roles))
    return client


def page(campaign: Campaign, client: Client | None = None) -> str:
    client = client or staff(Role.OPERATOR)
    return client.get(f"/admin/mail/campaigns/{campaign.name}/").content.decode()


def act(campaign: Campaign, name: str, **more: str) -> str:
    path = f"/admin/mail/campaigns/{campaign.name}/act/"
    client = staff(Role.OPERATOR)
    return client.post(path, {"act": name, **more}, follow=True).content.decode()


@pytest.fixture
def doubtful(sink: Sink) -> Campaign:
    """Sent but for one mail that is unknown, one that failed, and one without an address."""
    lost, refused, *others = world.new_customers(6)
    sink.before = lambda message: "550 No" if message.to.startswith(refused) else None
    sink.after = lambda message: None if message.to.startswith(lost) else "250 Kept"
    campaign = world.sent(world.new_campaign(), [lost, refused, *others, "nobody"])
    sink.before, sink.after = lambda _message: None, lambda _message: "250 Kept"
    return campaign


class TestTheList:
    def test_shows_campaigns_and_kinds(self, doubtful: Campaign) -> None:
        shown = staff(Role.VIEWER).get(LIST).content.decode()
        assert f"/admin/mail/campaigns/{doubtful.name}/" in shown
        assert all(f"/admin/mail/preview/{kind}/" in shown for kind in all_kinds())

    def test_is_closed_to_staff_without_a_role(self) -> None:
        assert staff().get(LIST).status_code == 302

    def test_stands_on_the_front_page(self) -> None:
        shown = staff(Role.VIEWER).get("/admin/").content.decode()
        assert LIST in shown
        assert LETTERS in shown


class TestACampaign:
    def test_is_accounted_for_to_the_unit(self, doubtful: Campaign) -> None:
        tally = MAILS.tally(doubtful.name)
        assert (tally.sent, tally.suppressed, tally.failed, tally.unknown) == (4, 1, 1, 1)
        assert "do not add up" not in page(doubtful)

    def test_names_no_customer(self, doubtful: Campaign) -> None:
        shown = page(doubtful)
        assert "customer-" not in shown
        assert "@bank.example" not in shown

    def test_that_there_is_none_of_is_not_found(self) -> None:
        for name in ("statement_ready.2001-01-01", "nonsense"):
            assert staff(Role.VIEWER).get(f"/admin/mail/campaigns/{name}/").status_code == 404

    def test_shows_viewers_no_button(self, doubtful: Campaign) -> None:
        assert 'name="act"' not in page(doubtful, staff(Role.VIEWER))
        path = f"/admin/mail/campaigns/{doubtful.name}/act/"
        assert staff(Role.VIEWER).post(path, {"act": "redrive"}).status_code == 403

    def test_is_sent_again_where_it_failed(self, doubtful: Campaign, sink: Sink) -> None:
        assert "being sent again" in act(doubtful, "redrive")
        world.send(doubtful)
        tally = MAILS.tally(doubtful.name)
        assert (tally.sent, tally.failed, tally.unknown) == (5, 0, 1)
        (entry, *_) = audit.entries_about(f"campaign:{doubtful.name}")
        assert entry.action == "campaign.redriven"
        assert set(sink.times().values()) == {1}

    def test_is_paused_and_resumed(self, sink: Sink) -> None:
        campaign = world.listed(world.new_campaign(), world.new_customers(2))
        assert "Pausing" in act(campaign, "pause")
        assert "Paused" in page(campaign)
        assert "Resumed" in act(campaign, "resume")
        world.render(campaign)
        world.send(campaign)
        assert MAILS.tally(campaign.name).sent == 2

    def test_says_why_something_cannot_be_done(self, doubtful: Campaign) -> None:
        assert "Nothing of this campaign is under way" in act(doubtful, "pause")
        assert (
            staff(Role.OPERATOR)
            .post(f"/admin/mail/campaigns/{doubtful.name}/act/", {"act": "?"})
            .status_code
            == 400
        )


class TestTheUnknown:
    def propose(self, campaign: Campaign, sent: str) -> str:
        act(campaign, "settle", sent=sent, reason="Looked for it in SES")
        found = [
            each
            for each in approvals.open_proposals()
            if each.subject == f"campaign:{campaign.name}"
        ]
        return found[-1].proposal_id

    def test_are_settled_by_two_people_as_sent(self, doubtful: Campaign) -> None:
        proposal = self.propose(doubtful, "yes")
        assert MAILS.tally(doubtful.name).unknown == 1
        decided = approvals.approve(proposal, person(Role.APPROVER))
        assert decided.status is Approval.DONE
        tally = MAILS.tally(doubtful.name)
        assert (tally.sent, tally.unknown) == (5, 0)

    def test_that_were_not_sent_are_sent_by_a_redrive(self, doubtful: Campaign, sink: Sink) -> None:
        approvals.approve(self.propose(doubtful, "no"), person(Role.APPROVER))
        assert MAILS.tally(doubtful.name).failed == 2
        campaigns.redrive(doubtful)
        world.send(doubtful)
        tally = MAILS.tally(doubtful.name)
        assert (tally.sent, tally.failed, tally.unknown) == (6, 0, 0)

    def test_of_later_are_not_decided_upon(self, doubtful: Campaign) -> None:
        proposal = self.propose(doubtful, "no")
        (unknown,) = MAILS.needing_attention(doubtful.name, MailStatus.UNKNOWN)
        later = replace(unknown, since=unknown.since.replace(year=2100), version=4)
        MAILS.move(unknown, later)
        approvals.approve(proposal, person(Role.APPROVER))
        assert MAILS.find(unknown.mail_id) == later

    def test_need_a_reason(self, doubtful: Campaign) -> None:
        assert "nothing was proposed" in act(doubtful, "settle", sent="yes")


class TestLetters:
    def test_are_closed_by_an_operator_with_an_audit_entry(self, doubtful: Campaign) -> None:
        mail = world.mail_of(doubtful, "nobody")
        shown = staff(Role.VIEWER).get(LETTERS).content.decode()
        assert doubtful.name in shown
        assert "It has gone out" not in shown
        client = staff(Role.OPERATOR)
        assert (
            "gone out" in client.post(LETTERS, {"mail": mail.mail_id}, follow=True).content.decode()
        )
        task = PAPER.find(mail.mail_id)
        assert task is not None
        assert not task.is_open
        actions = [each.action for each in audit.entries_about("customer:nobody")]
        assert "mail.letter_sent" in actions

    def test_are_closed_once(self, doubtful: Campaign) -> None:
        mail = world.mail_of(doubtful, "nobody")
        client = staff(Role.OPERATOR)
        client.post(LETTERS, {"mail": mail.mail_id})
        said = client.post(LETTERS, {"mail": mail.mail_id}, follow=True).content.decode()
        assert "Somebody else has seen to this letter" in said

    def test_are_not_closed_by_viewers(self, doubtful: Campaign) -> None:
        mail = world.mail_of(doubtful, "nobody")
        staff(Role.VIEWER).post(LETTERS, {"mail": mail.mail_id})
        task = PAPER.find(mail.mail_id)
        assert task is not None
        assert task.is_open


@pytest.mark.parametrize("kind", sorted(all_kinds()))
class TestThePreview:
    def test_shows_text_and_html(self, kind: str) -> None:
        shown = staff(Role.VIEWER).get(f"/admin/mail/preview/{kind}/").content.decode()
        assert "Hello Alex Example," in shown
        assert f"/admin/mail/preview/{kind}/html/" in shown

    def test_runs_the_html_in_a_sandbox(self, kind: str) -> None:
        answer = staff(Role.VIEWER).get(f"/admin/mail/preview/{kind}/html/")
        policy = answer["Content-Security-Policy"]
        assert "sandbox" in policy
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
