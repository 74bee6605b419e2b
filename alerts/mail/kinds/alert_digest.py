"""What Second Look noticed in a day, for customers who asked for it by e-mail."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from alerts.mail import digests
from alerts.mail.domain.kinds import Basis, Campaign, Listed, MailKind

_NAME = "alert_digest"


def _due(today: date) -> Iterable[Campaign]:
    """Yesterday's, once there is something that counts alerts."""
    if digests.source() is not None:
        yield Campaign(kind=_NAME, day=today - timedelta(days=1))


def _listing(campaign: Campaign) -> Iterator[Listed]:
    found = digests.source()
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
