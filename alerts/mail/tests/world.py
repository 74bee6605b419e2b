"""Campaigns of a test's own, worked on in this process: what worker processes would do."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count

from alerts.mail.domain.kinds import Campaign, Facts, Listed
from alerts.mail.domain.mails import Mail
from alerts.mail.repository import CONTACTS, MAILS, Contact
from alerts.mail.repository.files import write_list
from alerts.mail.repository.ids import mail_id
from alerts.mail.services import campaigns
from txhub.batch import work
from txhub.batch.models import ChunkExecution, JobInstance
from txhub.batch.statuses import StepStatus

FACTS: dict[str, Facts] = {
    "statement_ready": {"statements": 1},
    "payment_due": {"day": "25 July 2026"},
    "alert": {"alerts": 1, "kinds": 1},
    "alert_digest": {"alerts": 3, "kinds": 2},
}
# Nothing is due then.
LONG_AGO = datetime(2019, 1, 1, 12, tzinfo=UTC)
_days = count()


def new_campaign(kind: str = "statement_ready") -> Campaign:
    """One that no other test has: jobs outlive a test's own tables."""
    edition = int.from_bytes(secrets.token_bytes(3), "big") + 2
    day = LONG_AGO.date() + timedelta(days=next(_days))
    return Campaign(kind=kind, day=day, edition=edition)


def new_slot() -> Campaign:
    """One of alerts at once, that no other test has."""
    year = 2030 + int.from_bytes(secrets.token_bytes(2), "big") % 7000
    day = date(year, 1, 1) + timedelta(days=next(_days) % 365)
    return Campaign(kind="alert", day=day, edition=1200)


def new_customers(number: int, *, name: str = "Alice Archer") -> list[str]:
    """Customers of whom an address is known, as a copy of Cognito's."""
    ids = [f"customer-{secrets.token_hex(8)}" for _ in range(number)]
    CONTACTS.save(
        [Contact(customer_id=each, address=f"{each}@bank.example", name=name) for each in ids]
    )
    return ids


def listed(campaign: Campaign, customers: Iterable[str]) -> Campaign:
    """The campaign with these on its list, announced."""
    facts = FACTS[campaign.kind]
    write_list(campaign, (Listed(customer_id=each, facts=facts) for each in customers))
    campaigns.announce(campaign)
    return campaign


def render(campaign: Campaign) -> None:
    _run(campaigns.render_job(campaign))


def send(campaign: Campaign) -> None:
    """Its last round, which is begun where it was not."""
    if not campaigns.send_jobs(campaign):
        campaigns.take_up(LONG_AGO)
    _run(campaigns.send_jobs(campaign)[-1])


def sent(campaign: Campaign, customers: Iterable[str]) -> Campaign:
    """All of it."""
    listed(campaign, customers)
    render(campaign)
    send(campaign)
    return campaign


def mails_of(campaign: Campaign, customers: Sequence[str]) -> dict[str, Mail]:
    """By customer, those that are stored."""
    found = MAILS.find_many(mail_id(campaign.name, each) for each in customers)
    return {mail.customer_id: mail for mail in found.values()}


def mail_of(campaign: Campaign, customer: str) -> Mail:
    return mails_of(campaign, [customer])[customer]


def _run(instance: JobInstance) -> None:
    work.work_on_file(instance.file.pk)
    chunks = ChunkExecution.objects.filter(file__instance=instance, status=StepStatus.WAITING)
    for chunk_id in chunks.values_list("pk", flat=True):
        work.work_on_chunk(chunk_id)
