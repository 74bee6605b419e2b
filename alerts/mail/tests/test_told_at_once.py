"""From a purchase to the mail about it, slot by slot, with Second Look's own alerts."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.domain.alerts import Channel
from alerts.domain.preferences import KindPreference, Preferences
from alerts.mail import sources
from alerts.mail.domain.kinds import Campaign
from alerts.mail.repository import CONTACTS, MAILS, Contact
from alerts.mail.services import campaigns
from alerts.mail.tests import world
from alerts.mail.tests.sink import Sink
from alerts.services.preferences import choose
from alerts.tests.bank import Bank, a_bank

pytestmark = pytest.mark.django_db(transaction=True)
_SECONDS, _MINUTES = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def bank() -> Iterator[Bank]:
    """Its owner wants large purchases by e-mail at once. It is noon of a day of its own."""
    with a_bank() as opened:
        opened.now = datetime(2030 + secrets.randbelow(900), 7, 1, 12, tzinfo=UTC)
        address = f"{opened.owner}@bank.example"
        CONTACTS.save([Contact(customer_id=opened.owner, address=address, name="Alice")])
        choose(Preferences(customer_id=opened.owner), wish(opened))
        yield opened


def wish(bank: Bank, *, digest: bool = False) -> Preferences:
    by_mail = KindPreference(channels=frozenset({Channel.EMAIL}))
    kinds = {"large_purchase": by_mail}
    return Preferences(customer_id=bank.owner, kinds=kinds, digest=digest)


def spend(bank: Bank, at: datetime, merchant: str = "Voltmart") -> None:
    bank.now = at
    bank.buys(-249_900, merchant=merchant)
    bank.look()


def slot_after(moment: datetime) -> Campaign | None:
    """What is announced just after the moment, sent; None where nothing is."""
    campaigns.take_up(moment + 3 * _SECONDS)
    campaign = Campaign(kind="alert", day=moment.date(), edition=100 * moment.hour + moment.minute)
    try:
        world.render(campaign)
    except campaigns.CampaignMissing:
        return None
    world.send(campaign)
    return campaign


def test_each_alert_is_in_one_mail(bank: Bank, sink: Sink) -> None:
    noon = bank.now
    end = noon + 5 * _MINUTES
    for late, merchant in ((-0.001, "Voltmart"), (0, "Oak and Hinge"), (0.001, "Toolshed")):
        spend(bank, end + late * _SECONDS, merchant)
    slots = [slot_after(end + number * 5 * _MINUTES) for number in range(3)]
    assert [each is not None for each in slots] == [True, True, False]
    subjects = [each.raw.partition(b"Subject: ")[2].partition(b"\r\n")[0] for each in sink.accepted]
    assert subjects == [b"1 new alert on your accounts", b"2 new alerts on your accounts"]
    assert [MAILS.tally(each.name).sent for each in slots if each] == [1, 1]
    source = sources.source()
    assert source is not None
    assert list(source.digests(noon.date())) == []


def test_who_wants_a_digest_gets_the_digest_alone(bank: Bank, sink: Sink) -> None:
    choose(replace(wish(bank), version=1), wish(bank, digest=True))
    spend(bank, bank.now)
    assert slot_after(bank.now + 5 * _MINUTES) is None
    source = sources.source()
    assert source is not None
    assert [each.customer_id for each in source.digests(bank.now.date())] == [bank.owner]
