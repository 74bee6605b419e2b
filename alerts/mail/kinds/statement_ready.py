"""A statement was issued: the law wants the customer told."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from alerts.mail.domain.kinds import Basis, Campaign, Listed, MailKind
from alerts.mail.issued import job_of, owned_statements
from txhub.batch import statements

_NAME = "statement_ready"
_LOOKED_BACK = timedelta(days=7)


def _due(now: datetime) -> Iterable[Campaign]:
    """One for each job that has issued statements, since what it issued is on no other's list."""
    for job in statements.completed(since=timezone.localdate(now) - _LOOKED_BACK):
        yield Campaign(kind=_NAME, day=job.business_date, edition=int(job.object_version))


def _listing(campaign: Campaign) -> Iterator[Listed]:
    """Every owner of an account, once, with how many statements there are for them."""
    counts: defaultdict[str, int] = defaultdict(int)
    for account, _version in owned_statements(job_of(campaign.day, campaign.edition)):
        for owner in account.owners:
            counts[owner] += 1
    for customer_id, count in counts.items():
        yield Listed(customer_id=customer_id, facts={"statements": count})


KIND = MailKind(
    name=_NAME,
    label="Statement ready",
    basis=Basis.STATUTORY,
    about="We must tell you when a statement is ready, so you cannot turn this e-mail off.",
    path="/",
    sample={"statements": 2},
    due=_due,
    listing=_listing,
)
