"""Who is written to: after real statement jobs, and from whoever counts alerts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from alerts.mail import digests
from alerts.mail.digests import AlertCount
from alerts.mail.domain.consents import Source
from alerts.mail.domain.kinds import Campaign, Facts
from alerts.mail.kinds import kind_named
from alerts.mail.repository import CONTACTS, MAILS, Contact
from alerts.mail.services import campaigns
from alerts.mail.services.unsubscribing import decide
from alerts.mail.tests import world
from alerts.mail.tests.sink import Sink
from txhub.batch import statements
from txhub.batch.models import JobInstance
from txhub.tests.batch.here import run_chunk_steps, run_file_step
from txhub.tests.people import new_account, new_customer
from txhub.tests.statements.samples import Book

pytestmark = pytest.mark.django_db(transaction=True)


def issued(books: Iterable[Book], closing: date, monkeypatch: pytest.MonkeyPatch) -> JobInstance:
    """A job that has issued the statements of these accounts, and nobody else's."""
    due = iter([book.account for book in books])
    monkeypatch.setattr(statements, "due_accounts", lambda _through: due)
    instance = statements.register(closing)
    run_file_step(instance)
    run_chunk_steps(instance)
    return instance


def lists(kind: str, instance: JobInstance) -> dict[str, Facts]:
    campaign = Campaign(kind=kind, day=instance.business_date, edition=int(instance.object_version))
    return {each.customer_id: each.facts for each in kind_named(kind).listing(campaign)}


class TestStatementReady:
    CLOSING = date(2019, 4, 30)

    def test_is_for_every_owner_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        alice, bob = new_customer("alice"), new_customer("bob")
        shared, alices = Book(account=new_account(alice, bob)), Book(account=new_account(alice))
        for book in (shared, alices):
            book.send(date(2019, 4, 5), -100)
        job = issued([shared, alices], self.CLOSING, monkeypatch)
        assert lists("statement_ready", job) == {
            alice: {"statements": 2},
            bob: {"statements": 1},
        }

    def test_says_nothing_of_a_held_statement(self, monkeypatch: pytest.MonkeyPatch) -> None:
        alice = new_customer()
        book = Book(account=new_account(alice))
        book.send(date(2019, 4, 5), -100)
        book.book(date(2019, 4, 6), -5)
        book.send(date(2019, 4, 7), -5)
        assert lists("statement_ready", issued([book], self.CLOSING, monkeypatch)) == {}

    def test_follows_each_job_of_the_last_week(self, monkeypatch: pytest.MonkeyPatch) -> None:
        alice = new_customer()
        book = Book(account=new_account(alice))
        book.send(date(2019, 4, 5), -100)
        job = issued([book], self.CLOSING, monkeypatch)
        edition = int(job.object_version)
        campaign = Campaign(kind="statement_ready", day=self.CLOSING, edition=edition)
        due = kind_named("statement_ready").due
        assert campaign in due(self.CLOSING + timedelta(days=1))
        assert campaign not in due(self.CLOSING + timedelta(days=8))

    def test_reaches_the_owner_of_the_account(
        self, sink: Sink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alice = new_customer()
        contact = Contact(customer_id=alice, address=f"{alice}@bank.example", name="Alice")
        CONTACTS.save([contact])
        book = Book(account=new_account(alice))
        book.send(date(2019, 4, 5), -100)
        job = issued([book], self.CLOSING, monkeypatch)
        campaign = Campaign(
            kind="statement_ready", day=self.CLOSING, edition=int(job.object_version)
        )
        campaigns.announce(campaign)
        world.render(campaign)
        world.send(campaign)
        assert [each.to for each in sink.accepted] == [contact.address]


class TestPaymentDue:
    CLOSING = date(2019, 5, 31)

    def test_is_for_owners_of_cards_with_money_owed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        alice, bob, carol = (new_customer(name) for name in ("alice", "bob", "carol"))
        card = Book(account=new_account(alice, kind="card"), balance=0)
        paid_card = Book(account=new_account(carol, kind="card"), balance=500)
        overdrawn = Book(account=new_account(bob), balance=0)
        for book in (card, paid_card, overdrawn):
            book.send(date(2019, 5, 5), -100)
        job = issued([card, paid_card, overdrawn], self.CLOSING, monkeypatch)
        assert lists("payment_due", job) == {alice: {"day": "25 June 2019"}}

    def test_comes_five_days_before_the_day(self, monkeypatch: pytest.MonkeyPatch) -> None:
        book = Book(account=new_account(new_customer()))
        book.send(date(2019, 5, 5), -100)
        job = issued([book], self.CLOSING, monkeypatch)
        campaign = Campaign(kind="payment_due", day=self.CLOSING, edition=int(job.object_version))
        due = kind_named("payment_due").due
        assert campaign not in due(date(2019, 6, 19))
        assert campaign in due(date(2019, 6, 20))
        assert campaign in due(date(2019, 6, 22))
        assert campaign not in due(date(2019, 6, 23))


@dataclass(frozen=True)
class Counted:
    """A source of alerts, as Second Look will be one."""

    counts: dict[str, dict[str, int]]

    def digests(self, _day: date) -> Iterator[AlertCount]:
        for customer_id, counts in self.counts.items():
            yield AlertCount(customer_id=customer_id, counts=counts)


class TestAlertDigest:
    @pytest.fixture(autouse=True)
    def _no_source(self) -> Iterator[None]:
        offered = digests.source()
        digests.offer(None)
        yield
        digests.offer(offered)

    def test_is_due_once_somebody_counts_alerts(self) -> None:
        due, today = kind_named("alert_digest").due, date(2019, 7, 2)
        assert list(due(today)) == []
        digests.offer(Counted({}))
        assert list(due(today)) == [Campaign(kind="alert_digest", day=date(2019, 7, 1))]

    def test_says_how_many_alerts_of_how_many_kinds(self, sink: Sink) -> None:
        (alice,) = world.new_customers(1)
        decide(alice, "alert_digest", given=True, source=Source.SETTINGS)
        digests.offer(Counted({alice: {"duplicate_charge": 2, "large_purchase": 1}}))
        campaign = world.new_campaign("alert_digest")
        campaigns.announce(campaign)
        world.render(campaign)
        world.send(campaign)
        assert MAILS.tally(campaign.name).sent == 1
        raw = sink.accepted[0].raw.decode("ascii")
        assert "Subject: 3 things we noticed on your accounts" in raw
        assert "duplicate_charge" not in raw
