"""What SES says of mails, through SNS and SQS as on AWS: in any order, and more than once."""

import itertools
from typing import Any

import pytest

from alerts.mail.domain.events import EventKind, MailEvent, NotAMailEvent, mail_event
from alerts.mail.domain.kinds import Campaign
from alerts.mail.domain.mails import Feedback, MailStatus, Reason
from alerts.mail.repository import MAILS, PAPER, SUPPRESSIONS
from alerts.mail.resources import EVENT_QUEUE, EVENTS
from alerts.mail.services.hearing import apply, hear
from alerts.mail.services.moving import move
from alerts.mail.tests import world
from alerts.mail.tests.sink import Sink
from alerts.mail.tests.test_mails import a_mail
from aws import messaging

pytestmark = pytest.mark.django_db(transaction=True)


def said(kind: EventKind, mail_id: str, **detail: Any) -> dict[str, Any]:
    """An event as SES publishes it."""
    return {
        "eventType": kind.value,
        "mail": {
            "timestamp": "2026-07-01T06:00:01.000Z",
            "messageId": "EXAMPLE7c191be45",
            "destination": ["alice@bank.example"],
            "tags": {
                "ses:configuration-set": ["txhub-mail"],
                "ses:outgoing-ip": ["192.0.2.0"],
                "mail": [mail_id],
            },
        },
        **detail,
    }


BOUNCED = {"bounce": {"bounceType": "Permanent", "bounceSubType": "General"}}
FULL = {"bounce": {"bounceType": "Transient", "bounceSubType": "MailboxFull"}}


def publish_and_hear(*events: dict[str, Any]) -> None:
    for event in events:
        messaging.publish(EVENTS, event)
    hear()


@pytest.fixture
def customer() -> str:
    return world.new_customers(1)[0]


@pytest.fixture
def campaign(sink: Sink, customer: str) -> Campaign:
    """A statutory campaign that is sent."""
    return world.sent(world.new_campaign(), [customer])


class TestABounce:
    def test_suppresses_the_address_and_sends_a_letter(
        self, campaign: Campaign, customer: str, sink: Sink
    ) -> None:
        mail = world.mail_of(campaign, customer)
        publish_and_hear(said(EventKind.BOUNCE, mail.mail_id, **BOUNCED))
        found = SUPPRESSIONS.find(mail.address_id)
        assert found is not None
        assert found.reason is Reason.BOUNCED
        letter = PAPER.find(mail.mail_id)
        assert letter is not None
        assert (letter.customer_id, letter.reason) == (customer, "bounced")
        tally = MAILS.tally(campaign.name)
        assert (tally.sent, tally.bounced) == (1, 1)

    def test_keeps_the_address_from_the_next_campaign(
        self, campaign: Campaign, customer: str, sink: Sink
    ) -> None:
        mail = world.mail_of(campaign, customer)
        publish_and_hear(said(EventKind.BOUNCE, mail.mail_id, **BOUNCED))
        following = world.sent(world.new_campaign(), [customer])
        assert MAILS.tally(following.name).suppressed == 1
        assert len(sink.accepted) == 1
        assert PAPER.find(world.mail_of(following, customer).mail_id) is not None

    def test_that_passes_changes_nothing(self, campaign: Campaign, customer: str) -> None:
        mail = world.mail_of(campaign, customer)
        publish_and_hear(said(EventKind.BOUNCE, mail.mail_id, **FULL))
        assert SUPPRESSIONS.find(mail.address_id) is None
        assert PAPER.find(mail.mail_id) is None

    def test_of_a_service_mail_needs_no_letter(self, sink: Sink, customer: str) -> None:
        campaign = world.sent(world.new_campaign("payment_due"), [customer])
        mail = world.mail_of(campaign, customer)
        publish_and_hear(said(EventKind.BOUNCE, mail.mail_id, **BOUNCED))
        assert SUPPRESSIONS.find(mail.address_id) is not None
        assert PAPER.find(mail.mail_id) is None


class TestAComplaint:
    def test_suppresses_the_address(self, campaign: Campaign, customer: str) -> None:
        mail = world.mail_of(campaign, customer)
        publish_and_hear(said(EventKind.COMPLAINT, mail.mail_id, complaint={}))
        found = SUPPRESSIONS.find(mail.address_id)
        assert found is not None
        assert found.reason is Reason.COMPLAINED
        assert PAPER.find(mail.mail_id) is None  # it had arrived


class TestEvents:
    @pytest.mark.parametrize(
        "kind", [EventKind.SEND, EventKind.DELIVERY, EventKind.BOUNCE, EventKind.COMPLAINT]
    )
    def test_of_an_unknown_mail_say_that_it_was_sent(self, kind: EventKind) -> None:
        mail = a_mail(campaign="statement_ready.2019-05-05")
        MAILS.intend([mail])
        move(mail.mail_id, MailStatus.UNKNOWN)
        publish_and_hear(said(kind, mail.mail_id))
        found = MAILS.find(mail.mail_id)
        assert found is not None
        assert found.status is MailStatus.SENT

    def test_of_rejection_say_that_it_was_not(self) -> None:
        mail = a_mail(campaign="statement_ready.2019-05-05")
        MAILS.intend([mail])
        publish_and_hear(said(EventKind.REJECT, mail.mail_id, reject={"reason": "Bad content"}))
        found = MAILS.find(mail.mail_id)
        assert found is not None
        assert found.status is MailStatus.FAILED

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    def test_come_in_any_order_and_twice(self, order: tuple[int, ...]) -> None:
        mail = a_mail(campaign="statement_ready.2019-05-06", part=hash(order) % 100_000)
        MAILS.intend([mail])
        events = [
            MailEvent(mail_id=mail.mail_id, kind=EventKind.SEND),
            MailEvent(mail_id=mail.mail_id, kind=EventKind.DELIVERY),
            MailEvent(mail_id=mail.mail_id, kind=EventKind.COMPLAINT),
        ]
        before = MAILS.tally_of_part(mail.campaign, mail.part)
        for at in (*order, *order):
            apply(events[at])
        found = MAILS.find(mail.mail_id)
        assert found is not None
        assert (found.status, found.feedback) == (MailStatus.SENT, Feedback.COMPLAINED)
        tally = MAILS.tally_of_part(mail.campaign, mail.part)
        assert tally.sent - before.sent == 1
        assert tally.complained - before.complained == 1
        assert tally.delivered == before.delivered

    @pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
    def test_of_rejection_outrank_the_sending(self, order: tuple[int, ...]) -> None:
        mail = a_mail(campaign="statement_ready.2019-05-07")
        MAILS.intend([mail])
        kinds = [EventKind.SEND, EventKind.REJECT]
        for at in order:
            apply(MailEvent(mail_id=mail.mail_id, kind=kinds[at]))
        found = MAILS.find(mail.mail_id)
        assert found is not None
        assert found.status is MailStatus.FAILED

    def test_of_nobodys_mail_are_passed_over(self) -> None:
        apply(MailEvent(mail_id="mail_" + "a" * 26, kind=EventKind.BOUNCE, permanent=True))

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"eventType": "Send"},
            {"eventType": "Send", "mail": {"tags": {}}},
            {"eventType": "Open", "mail": {"tags": {"mail": ["mail_x"]}}},
            {"eventType": "Send", "mail": {"tags": {"mail": ["a", "b"]}}},
            {"eventType": "Send", "mail": None},
        ],
    )
    def test_that_are_none_are_refused(self, body: dict[str, Any]) -> None:
        with pytest.raises(NotAMailEvent):
            mail_event(body)

    def test_that_are_none_go_to_the_dead_letters(self) -> None:
        publish_and_hear({"eventType": "Open"})
        letters = messaging.receive(EVENT_QUEUE, dead_letters=True, wait_s=0)
        assert "not_a_mail_event" in [each.attributes.get("reason") for each in letters]
