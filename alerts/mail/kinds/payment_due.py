"""A card's statement closed with money owed, and the day to pay by is near."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone

from alerts.mail.domain.kinds import Basis, Campaign, Listed, MailKind
from alerts.mail.issued import job_of, owned_statements
from txhub.batch import statements
from txhub.statements.repository import StatementVersion

_NAME = "payment_due"
_PAID_WITHIN = timedelta(days=25)  # of the closing, as the bank's terms have it
_REMINDED_BEFORE = timedelta(days=5)
_LOOKED_BACK = timedelta(days=2)  # a reminder that would come later is none


def _due(now: datetime) -> Iterable[Campaign]:
    """For the statements that closed 20 days ago; the campaign is named after their closing."""
    newest = timezone.localdate(now) - _PAID_WITHIN + _REMINDED_BEFORE
    for job in statements.completed(since=newest - _LOOKED_BACK):
        if job.business_date <= newest:
            yield Campaign(kind=_NAME, day=job.business_date, edition=int(job.object_version))


def _listing(campaign: Campaign) -> Iterator[Listed]:
    """The owners of cards on which money is owed, once."""
    last_day = campaign.day + _PAID_WITHIN
    facts = {"day": f"{last_day.day} {last_day:%B %Y}"}
    listed: set[str] = set()
    for account, version in owned_statements(job_of(campaign.day, campaign.edition)):
        if account.type == "card" and _is_owed(version, campaign.day):
            listed |= account.owners
    for customer_id in sorted(listed):
        yield Listed(customer_id=customer_id, facts=facts)


def _is_owed(version: StatementVersion, day: date) -> bool:
    is_newest = version.period.closing == day
    return is_newest and any(each.minor < 0 for each in version.closings.values())


KIND = MailKind(
    name=_NAME,
    label="Payment due",
    basis=Basis.SERVICE,
    about="You get this because you have a card with us. It is part of the service.",
    path="/",
    sample={"day": "25 July 2026"},
    due=_due,
    listing=_listing,
)
