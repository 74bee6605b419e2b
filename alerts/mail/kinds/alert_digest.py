"""What Second Look noticed in a day, for customers who asked for it by e-mail."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from alerts.mail import sources
from alerts.mail.domain.kinds import Basis, Campaign, Listed, MailKind

_NAME = "alert_digest"


def _due(now: datetime) -> Iterable[Campaign]:
    """Yesterday's, once there is something that counts alerts."""
    if sources.source() is not None:
        yield Campaign(kind=_NAME, day=timezone.localdate(now) - timedelta(days=1))


def _listing(campaign: Campaign) -> Iterator[Listed]:
    found = sources.source()
    for each in found.digests(campaign.day) if found else ():
        facts = {"alerts": sum(each.counts.values()), "kinds": len(each.counts)}
        yield Listed(customer_id=each.customer_id, facts=facts)


KIND = MailKind(
    name=_NAME,
    label="Alert digest",
    basis=Basis.OPTIONAL,
    about="You get this because you asked for a daily summary of your alerts.",
    path="/alerts/",
    sample={"alerts": 3, "kinds": 2},
    due=_due,
    listing=_listing,
)
