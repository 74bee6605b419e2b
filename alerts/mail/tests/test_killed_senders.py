"""Workers are killed at every stage of one campaign: no mail is in the sink twice, and those of
which nobody knows are counted as such."""

from datetime import timedelta
from typing import Any

import pytest

from alerts.mail.domain.events import EventKind, MailEvent
from alerts.mail.domain.mails import MailStatus
from alerts.mail.repository import MAILS
from alerts.mail.repository.ids import mail_id
from alerts.mail.services.hearing import apply
from alerts.mail.tests import world
from alerts.mail.tests.killed import PLACES, TABLE, is_done, work_until_killed
from alerts.mail.tests.sink import Sink
from txhub.batch import conf

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

MAILS_SENT = 300


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conf, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(conf, "LEASE_MARGIN", timedelta(seconds=0.2))
    monkeypatch.setattr(conf, "RENEW_EVERY", timedelta(seconds=0.1))
    monkeypatch.setattr(conf, "ATTEMPTS_MAX", 100)


def test_killed_senders_send_nothing_twice(sink: Sink, settings: Any) -> None:
    settings.MAIL = {**settings.MAIL, "part_mails": 30, "group_mails": 6}
    customers = world.new_customers(MAILS_SENT)
    campaign = world.listed(world.new_campaign(), customers)
    for name, place in PLACES.items():
        assert work_until_killed(campaign, place), f"nobody died {name}"
    assert not is_done(campaign)
    assert not work_until_killed(campaign)
    assert is_done(campaign)

    assert set(sink.times().values()) == {1}
    tally = MAILS.tally(campaign.name)
    assert tally.settled == MAILS_SENT
    assert (tally.suppressed, tally.failed) == (0, 0)
    stored = {mail.mail_id: mail.status for mail in world.mails_of(campaign, customers).values()}
    assert len(stored) == MAILS_SENT
    sent = {each for each, status in stored.items() if status is MailStatus.SENT}
    unknown = {each for each, status in stored.items() if status is MailStatus.UNKNOWN}
    assert (len(sent), len(unknown)) == (tally.sent, tally.unknown)
    # What is recorded as sent was accepted; what was accepted is recorded, or unknown.
    assert sent <= set(sink.times()) <= sent | unknown
    assert 0 < len(unknown) <= 4 * 6  # of the four groups that died between intent and record


def test_events_of_ses_settle_what_they_left(sink: Sink, settings: Any) -> None:
    customers = world.new_customers(8)
    campaign = world.listed(world.new_campaign(), customers)
    assert work_until_killed(campaign, f"{TABLE}.conclude:before:1")
    assert not work_until_killed(campaign)
    lost = MAILS.tally(campaign.name).unknown
    assert lost == 4
    for customer in customers:
        apply(MailEvent(mail_id=mail_id(campaign.name, customer), kind=EventKind.SEND))
    tally = MAILS.tally(campaign.name)
    assert (tally.sent, tally.unknown) == (8, 0)
