"""Who is written to: after real statement jobs, and from whoever counts alerts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import pytest

from alerts.mail import sources
from alerts.mail.domain.consents import Source
from alerts.mail.domain.kinds import Campaign, Facts
from alerts.mail.kinds import kind_named
from alerts.mail.repository import CONSENTS, CONTACTS, MAILS, Contact
from alerts.mail.services import campaigns
from alerts.mail.services.unsubscribing import decide, token_of, unsubscribe
from alerts.mail.sources import AlertCount
from alerts.mail.tests import world
from alerts.mail.tests.sink import Sink
from txhub.batch import statements
from txhub.batch.models import JobInstance
from txhub.tests.batch.here import run_chunk_steps, run_file_step
from txhub.tests.people import new_account, new_customer
from txhub.tests.statements.samples import Book

pytestmark = pytest.mark.django_db(transaction=True)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


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
        assert campaign in due(noon(self.CLOSING + timedelta(days=1)))
        assert campaign not in due(noon(self.CLOSING + timedelta(days=8)))

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
        assert campaign not in due(noon(date(2019, 6, 19)))
        assert campaign in due(noon(date(2019, 6, 20)))
        assert campaign in due(noon(date(2019, 6, 22)))
        assert campaign not in due(noon(date(2019, 6, 23)))


@dataclass(frozen=True)
class Counted:
    """A source of alerts, as Second Look is one. Those at once are due at noon of 1 July 2019, one
    of each kind."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    at_once: dict[str, set[str]] = field(default_factory=dict)

    def digests(self, _day: date) -> Iterator[AlertCount]:
        for customer_id, counts in self.counts.items():
            yield AlertCount(customer_id=customer_id, counts=counts)

    def is_any_due(self, until: datetime) -> bool:
        return any(True for _each in self.due(until))

    def due(self, until: datetime) -> Iterator[AlertCount]:
        for customer_id, ids in self.at_once.items():
            if ids and until > noon(date(2019, 7, 1)):
                yield AlertCount(
                    customer_id=customer_id, counts=dict.fromkeys(ids, 1), ids=tuple(ids)
                )

    def note(self, customer_id: str, ids: Iterable[str]) -> None:
        self.at_once[customer_id] -= set(ids)


@pytest.fixture
def no_source() -> Iterator[None]:
    offered = sources.source()
    sources.offer(None)
    yield
    sources.offer(offered)


@pytest.mark.usefixtures("no_source")
class TestAlert:
    NOON = noon(date(2019, 7, 1))

    def test_is_due_when_a_slot_has_ended_in_which_there_is_something(self) -> None:
        due = kind_named("alert").due
        assert list(due(self.NOON)) == []
        sources.offer(Counted(at_once={"alice": {"large_purchase"}}))
        assert list(due(self.NOON + timedelta(minutes=4))) == []
        (campaign,) = due(self.NOON + timedelta(minutes=5))
        assert campaign.name == "alert.2019-07-01.1205"
        assert list(due(self.NOON + timedelta(minutes=9))) == [campaign]

    def test_tells_of_each_once(self, sink: Sink) -> None:
        (alice,) = world.new_customers(1)
        decide(alice, "alert", given=True, source=Source.SETTINGS)
        source = Counted(at_once={alice: {"large_purchase", "fee_charged"}})
        sources.offer(source)
        first, second = (world.new_slot() for _ in range(2))
        for campaign in (first, second):
            campaigns.announce(campaign)
            world.render(campaign)
            world.send(campaign)
        assert source.at_once == {alice: set()}
        assert (MAILS.tally(first.name).sent, MAILS.tally(second.name).settled) == (1, 0)
        raw = sink.accepted[0].raw.decode("ascii")
        assert "Subject: 2 new alerts on your accounts" in raw
        assert "large_purchase" not in raw

    def test_is_agreed_to_with_the_digest(self) -> None:
        (alice,) = world.new_customers(1)
        decide(alice, "alert_digest", given=True, source=Source.SETTINGS)
        for kind in ("alert", "alert_digest"):
            found = unsubscribe(token_of(alice, kind))
            assert [each.name for each in found.kinds] == ["alert", "alert_digest"]
        assert len(CONSENTS.history(alice, "alert_digest")) == 2
        assert CONSENTS.history(alice, "alert") == []


@pytest.mark.usefixtures("no_source")
class TestAlertDigest:
    def test_is_due_once_somebody_counts_alerts(self) -> None:
        due, now = kind_named("alert_digest").due, noon(date(2019, 7, 2))
        assert list(due(now)) == []
        sources.offer(Counted({}))
        assert list(due(now)) == [Campaign(kind="alert_digest", day=date(2019, 7, 1))]

    def test_says_how_many_alerts_of_how_many_kinds(self, sink: Sink) -> None:
        (alice,) = world.new_customers(1)
        decide(alice, "alert_digest", given=True, source=Source.SETTINGS)
        sources.offer(Counted({alice: {"duplicate_charge": 2, "large_purchase": 1}}))
        campaign = world.new_campaign("alert_digest")
        campaigns.announce(campaign)
        world.render(campaign)
        world.send(campaign)
        assert MAILS.tally(campaign.name).sent == 1
        raw = sink.accepted[0].raw.decode("ascii")
        assert "Subject: 3 things we noticed on your accounts" in raw
        assert "duplicate_charge" not in raw
